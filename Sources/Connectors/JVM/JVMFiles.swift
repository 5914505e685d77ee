import Glibc
import OpsModel

/// Where the file of a JVM is: `/tmp/hsperfdata_<account>/<pid>`, in a container below its own root and by its pid there.
struct JVMFiles {
  enum Found: Equatable {
    case perf([UInt8])
    case absent
    /// It is there and may not be read.
    case foreign
  }

  /// Larger ones are not read; usual are 32 KiB.
  private static let most = 1 << 20

  static func read(_ entry: ProcessEntry, prefix: String) -> Found {
    // Its own /tmp: a container's, or that of a service with PrivateTmp.
    let own = prefix + "/proc/\(entry.pid)/root/tmp"
    let isSeen = access(own, X_OK) == 0
    if entry.isContained && !isSeen { return .foreign }
    let top = isSeen ? own : prefix + "/tmp"
    var isForeign = false
    for folder in FileFacts.names(in: top) where folder.hasPrefix("hsperfdata_") {
      // Anybody may make such a folder: the JVM's own belongs to its account, and is one.
      guard let made = owner("\(top)/\(folder)", S_IFDIR), made == entry.account else { continue }
      let path = "\(top)/\(folder)/\(entry.inner)"
      guard let written = owner(path, S_IFREG), written == entry.account else { continue }
      if let found = bytes(path) { return .perf(found) }
      isForeign = true
    }
    // Without a look into the process's own root nobody can tell that it keeps none.
    return isForeign || (!isSeen && geteuid() != entry.account) ? .foreign : .absent
  }

  /// Whose a path is; nil where it is not of that kind, links among them.
  static func owner(_ path: String, _ kind: mode_t) -> UInt32? {
    var facts = stat()
    guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == kind else { return nil }
    return facts.st_uid
  }

  private static func bytes(_ path: String) -> [UInt8]? {
    // Folder and file belong to another account, perhaps a hostile one: no links, no pipes.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= most else { return nil }
    var out = [UInt8](repeating: 0, count: Int(facts.st_size))
    let count = out.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
    return count >= 0 ? Array(out.prefix(count)) : nil
  }

  /// Files whose process is gone, or is no JVM: `kill -9` leaves them until the next JVM of that account starts.
  static func stale(prefix: String, living: Set<Int32>) -> [Int32] {
    let top = prefix + "/tmp"
    return FileFacts.names(in: top).filter { $0.hasPrefix("hsperfdata_") }.flatMap { folder in
      FileFacts.names(in: top + "/" + folder).compactMap { Int32($0) }.filter { !living.contains($0) }
    }
  }
}
