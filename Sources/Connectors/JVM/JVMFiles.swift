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
    let top = prefix + (entry.isContained ? "/proc/\(entry.pid)/root" : "") + "/tmp"
    if entry.isContained && access(top, X_OK) != 0 { return .foreign }
    for folder in FileFacts.names(in: top) where folder.hasPrefix("hsperfdata_") {
      let path = "\(top)/\(folder)/\(entry.inner)"
      guard access(path, F_OK) == 0 else { continue }
      return bytes(path).map { .perf($0) } ?? .foreign
    }
    return .absent
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
