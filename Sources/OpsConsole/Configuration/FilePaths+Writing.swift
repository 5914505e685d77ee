import Glibc
import OpsModel

extension FilePaths {
  /// Makes a folder and what is above it, for the owner alone.
  static func makeFolder(_ path: String) -> Bool { folderProblem(path) == nil }

  /// Makes a folder like `makeFolder`.
  /// - Returns: why it cannot be made; nil where it is there.
  static func folderProblem(_ path: String) -> WriteFailure? {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/" + part
      if !exists(made) && mkdir(made, 0o700) != 0 && errno != EEXIST { return WriteFailure(code: errno) }
    }
    return nil
  }

  /// Writes a file for the owner alone so that it is there whole or not at all, also after a power loss.
  static func write(_ text: String, whole path: String) -> Bool {
    let part = "\(path).\(getpid()).part"
    unlink(part)
    guard write(text, new: part) else { return false }
    guard rename(part, path) == 0 else {
      unlink(part)
      return false
    }
    let folder = open("/" + path.split(separator: "/").dropLast().joined(separator: "/"), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return false }
    defer { Glibc.close(folder) }
    return fsync(folder) == 0
  }

  /// Writes a new file for the owner alone. Refuses to write where one stands already.
  static func write(_ text: String, new path: String) -> Bool { write(Array(text.utf8), new: path) }

  static func write(_ bytes: [UInt8], new path: String) -> Bool {
    do throws(WriteFailure) { try save(bytes, new: path) } catch { return false }
    return true
  }

  /// Writes a new file for the owner alone. A file that cannot be written to its end is taken away again.
  static func save(_ bytes: [UInt8], new path: String) throws(WriteFailure) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw WriteFailure(code: errno) }
    var problem = fill(file, bytes)
    if problem == nil, fsync(file) != 0 { problem = WriteFailure(code: errno) }
    if Glibc.close(file) != 0, problem == nil, errno != EINTR { problem = WriteFailure(code: errno) }
    guard let problem else { return }
    unlink(path)
    throw problem
  }

  private static func fill(_ file: Int32, _ bytes: [UInt8]) -> WriteFailure? {
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return WriteFailure(code: count == 0 ? EIO : errno) }
      offset += count
    }
    return nil
  }
}
