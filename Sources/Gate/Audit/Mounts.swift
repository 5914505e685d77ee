import Glibc

/// Which file system a path lies on, from `/proc/self/mounts`.
enum Mounts {
  /// On NFS and SMB an append is not atomic, and a lock may not be one.
  static func isRemote(_ path: String) -> Bool {
    guard let type = type(of: path) else { return false }
    return ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "lustre"].contains(type)
  }

  /// Nil where it can not be told.
  static func type(of path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    let whole = String(cString: real)
    var best: (length: Int, type: String)?
    for line in mounts.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2 else { continue }
      let point = String(words[1])
      let isAbove = point == "/" || whole == point || whole.hasPrefix(point + "/")
      if isAbove && point.utf8.count >= (best?.length ?? 0) { best = (point.utf8.count, String(words[2])) }
    }
    return best?.type
  }

  private static var mounts: String {
    guard let stream = fopen("/proc/self/mounts", "re") else { return "" }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0, bytes.count < 1_048_576 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
