import Glibc

/// Names in a folder.
enum FolderList {
  static func names(in folder: String) -> [String] {
    var list = glob_t()
    defer { globfree(&list) }
    guard glob(folder + "/*", 0, nil, &list) == 0, let paths = list.gl_pathv else { return [] }
    return (0..<Int(list.gl_pathc)).compactMap { index in
      paths[index].map { String(String(cString: $0).split(separator: "/").last ?? "") }
    }
  }
}
