/// Where control groups stand in the file system: version 2, version 1, or both beside each other (hybrid). From `mountinfo` (proc(5)).
struct GroupMounts {
  private struct Mount {
    /// What of the tree is mounted: `/` but in containers.
    let root: String
    let place: String
  }

  private var unified: Mount?
  private var controllers: [String: Mount] = [:]

  init(_ mountinfo: String) {
    for line in mountinfo.split(separator: "\n") {
      let words = ProcFields.words(line)
      guard let dash = words.firstIndex(of: "-"), dash + 1 < words.count, words.count > 5 else { continue }
      let mount = Mount(root: String(words[3]), place: String(words[4]))
      switch words[dash + 1] {
      case "cgroup2": unified = unified ?? mount
      case "cgroup":
        for name in words.last?.split(separator: ",") ?? [] where name == "cpu" || name == "memory" || name == "cpuacct" {
          controllers[String(name)] = mount
        }
      default: break
      }
    }
  }

  /// Folders of a group and of what stands above it, its own first; empty where it lies outside of what is mounted.
  func folders(unified path: String) -> [String] { Self.folders(unified, path) }

  func folders(_ controller: String, _ path: String) -> [String] { Self.folders(controllers[controller], path) }

  private static func folders(_ mount: Mount?, _ path: String) -> [String] {
    guard let mount, !path.contains("/..") else { return [] }
    var inside = path
    if mount.root != "/" {
      guard path.hasPrefix(mount.root) else { return [] }
      inside = String(path.dropFirst(mount.root.count))
    }
    var out: [String] = []
    var parts = inside.split(separator: "/")
    while !parts.isEmpty {
      out.append(mount.place + "/" + parts.joined(separator: "/"))
      parts.removeLast()
    }
    return out
  }
}
