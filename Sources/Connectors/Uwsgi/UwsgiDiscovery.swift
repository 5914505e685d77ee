import OpsModel

/// Where the uWSGI servers of this machine tell their numbers, by their arguments: `--stats 127.0.0.1:1717`. Ports that the very process listens at; sockets in the file system are named in the
/// configuration.
enum UwsgiDiscovery {
  static func addresses(_ table: ProcessTable, _ root: inout ProcRoot) -> [String] {
    var found: [String] = []
    for entry in table.entries.values.sorted(by: { $0.pid < $1.pid }) where entry.kind.name == "uwsgi" {
      let words = (root.read("/proc/\(entry.pid)/cmdline", limit: 16_384) ?? []).split(separator: 0).map {
        String(decoding: $0, as: UTF8.self)
      }
      let isHTTP = words.contains("--stats-http")
      for (index, word) in words.enumerated() {
        let value =
          word.hasPrefix("--stats=") ? String(word.dropFirst(8)) : (word == "--stats" && index + 1 < words.count ? words[index + 1] : nil)
        guard let value, let url = url(value, isHTTP), !found.contains(url), listens(entry.pid, url, root) else { continue }
        found.append(url)
      }
    }
    return found
  }

  private static func listens(_ pid: Int32, _ url: String, _ root: ProcRoot) -> Bool {
    var root = root
    let port = url.split(separator: ":").last.map(String.init) ?? ""
    let rows = (root.with("/proc/net/tcp") { ListenTable.rows($0) } ?? []) + (root.with("/proc/net/tcp6") { ListenTable.rows($0) } ?? [])
    let inodes = Set(rows.filter { $0.address.hasSuffix(":" + port) }.map(\.inode))
    return root.numbers(in: "/proc/\(pid)/fd", limit: 1024).contains { file in
      guard let link = root.link("/proc/\(pid)/fd/\(file)"), link.hasPrefix("socket:["), let inode = Int(link.dropFirst(8).dropLast())
      else { return false }
      return inodes.contains(inode)
    }
  }

  private static func url(_ value: String, _ isHTTP: Bool) -> String? {
    // Whoever may start a process chooses its arguments: nothing is connected to that does not belong to this machine.
    if value.hasPrefix("/") { return nil }
    let place = value.hasPrefix(":") ? "127.0.0.1" + value : value
    guard let port = place.split(separator: ":").last.flatMap({ Int($0) }), (1...65_535).contains(port), place.contains(":") else {
      return nil
    }
    guard place.hasPrefix("127.") || place.hasPrefix("localhost:") || place.hasPrefix("[::1]:") else { return nil }
    return isHTTP ? "http://" + place : place
  }
}
