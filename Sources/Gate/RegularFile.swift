import Glibc

/// Opens files that are read to their end. A pipe, a device or a folder in their place is refused: it might never end.
enum RegularFile {
  /// - Returns: nil where it cannot be read; `errno` says why, `EINVAL` where it is not a file.
  static func stream(_ path: String) -> UnsafeMutablePointer<FILE>? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    var facts = stat()
    let isFile = fstat(file, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    if isFile, let stream = fdopen(file, "r") { return stream }
    close(file)
    errno = facts.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
    return nil
  }
}
