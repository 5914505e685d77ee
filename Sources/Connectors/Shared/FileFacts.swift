import Glibc

/// The little that discovery asks the file system.
enum FileFacts {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Names in a folder; none where it can not be read.
  static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names.sorted()
  }
}
