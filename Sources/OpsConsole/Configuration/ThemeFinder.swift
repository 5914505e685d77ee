import Canvas
import OpsModel
import StrictYAML

/// Finds a theme by its name.
struct ThemeFinder: Sendable {
  let folders: [String]

  struct Found: Sendable {
    var theme: Theme
    var problems: [FileProblem]
    /// The file to watch; nil for the built-in theme.
    var file: String?
  }

  /// - Parameter name: nil is `default`.
  func find(_ name: String?) -> Found {
    let wanted = name ?? "default"
    if let file = file(of: wanted) { return read(file, wanted) }
    if name == nil || wanted == "default" { return Found(theme: .standard, problems: [], file: nil) }
    let message: SafeText = FieldReader.unknown("theme", wanted, names)
    return Found(theme: .standard, problems: [FileProblem(file: "theme", mark: nil, message: message)], file: nil)
  }

  func read(_ file: String, _ name: String) -> Found {
    guard let text = FilePaths.read(file, limit: 1_048_576) else {
      return Found(
        theme: .standard, problems: [FileProblem(file: file, mark: nil, message: "the file can not be read")], file: file)
    }
    let result = ThemeFile.read(text, file: file, name: name)
    return Found(theme: result.theme, problems: result.problems, file: file)
  }

  private func file(of name: String) -> String? {
    guard !name.contains("/"), !name.hasPrefix(".") else { return nil }
    return folders.map { "\($0)/\(name).yaml" }.first(where: FilePaths.exists)
  }

  /// Names of all themes that can be found.
  var names: [String] {
    var names: Set<String> = ["default"]
    for folder in folders {
      for name in FolderList.names(in: folder) where name.hasSuffix(".yaml") { names.insert(String(name.dropLast(5))) }
    }
    return names.sorted()
  }
}
