import Glibc
import OpsModel
import Runbooks
import Synchronization

/// Where programs of a run put temporary files: a folder of the owner alone below `/tmp`, which no backup of the state folder holds and a
/// restart of the machine empties, or below another such place where that one takes nothing. It is held by a lock as long as its process
/// lives, and whoever looks at runs next removes those that nobody holds.
final class ScratchFolder: Sendable {
  private static let places = ["/tmp", "/var/tmp", "/dev/shm"]
  private static let prefix = "opsc-"

  private struct Held {
    var path = ""
    /// Locked as long as this process lives.
    var file: Int32 = -1
    /// Folders of programs.
    var count = 0
  }

  private let name: String
  private let held = Mutex(Held())

  init(_ run: RunID) { name = Self.prefix + run.text }

  deinit { remove() }

  /// A new folder for one program.
  /// - Throws: `Failure.settings` where none can be made.
  func make() throws(Failure) -> String {
    let made = held.withLock { held -> String? in
      for place in Self.places where held.file < 0 {
        held.path = "\(place)/\(name)"
        held.file = Self.take(held.path)
      }
      guard held.file >= 0 else { return nil }
      held.count += 1
      let folder = "\(held.path)/\(held.count)"
      return mkdir(folder, 0o700) == 0 ? folder : nil
    }
    guard let made else {
      throw .settings("cannot make a folder for temporary files: \(SafeText(escaping: String(cString: strerror(errno))))")
    }
    return made
  }

  func remove() {
    held.withLock { held in
      guard held.file >= 0 else { return }
      FolderTree.remove(held.path)
      close(held.file)
      held.file = -1
    }
  }

  /// What is in the environment of programs that have a folder of this run: one of these.
  static func marks(of run: RunID) -> [String] { places.map { "TMPDIR=\($0)/\(prefix)\(run.text)/" } }

  /// Removes what processes of this account left behind that live no more.
  static func sweep() { for place in places { sweep(place) } }

  private static func sweep(_ place: String) {
    guard let folder = opendir(place) else { return }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(prefix), RunID(String(name.dropFirst(prefix.count))) != nil { names.append("\(place)/\(name)") }
    }
    for path in names {
      let file = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard file >= 0 else { continue }
      if owns(file), flock(file, LOCK_EX | LOCK_NB) == 0 { FolderTree.remove(path) }
      close(file)
    }
  }

  /// - Returns: the folder, locked; -1 where it can not be had.
  private static func take(_ path: String) -> Int32 {
    for _ in 0..<5 {
      if mkdir(path, 0o700) != 0, errno != EEXIST { return -1 }
      let file = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard file >= 0 else { continue }
      var (mine, there) = (stat(), stat())
      // Somebody who sweeps may have removed it meanwhile.
      if owns(file), flock(file, LOCK_EX) == 0, fstat(file, &mine) == 0, lstat(path, &there) == 0, mine.st_ino == there.st_ino {
        return file
      }
      close(file)
    }
    return -1
  }

  private static func owns(_ file: Int32) -> Bool {
    var facts = stat()
    return fstat(file, &facts) == 0 && facts.st_uid == getuid() && facts.st_mode & 0o077 == 0
  }
}
