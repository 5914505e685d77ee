import Glibc
import OpsModel
import StrictYAML

/// Finds and reads the configuration.
struct ConfigurationLoader {
  let paths: FilePaths
  let environment: [String: String]

  /// - Parameter file: from `--config`; nil looks at the usual place.
  /// - Returns: nil where no file was named and none is there.
  /// - Throws: `FileProblems`.
  func load(_ file: String?) throws(FileProblems) -> Configuration? {
    let path = FilePaths.expand(file ?? paths.configurationFile)
    if file == nil && Self.isAbsent(path) { return nil }
    guard let text = FilePaths.read(path, limit: 4 * 1_048_576) else {
      throw FileProblems(list: [
        FileProblem(file: path, mark: nil, message: Self.isAbsent(path) ? "there is no such file" : "the file cannot be read")
      ])
    }
    var configuration = try ConfigurationReader.read(text, file: path, environment: environment)
    configuration.file = FilePaths.absolute(path)
    Hiding.process.learn(configuration.credentials(isReading: false))
    let secrets = (configuration.sources + configuration.runbooks.connections).flatMap {
      [$0.url] + ($0.write.map { [$0] } ?? []) + $0.texts.filter { $0.key == "password" }.map(\.value)
    }
    if secrets.contains(where: \.isLiteralSecret), let mode = FilePaths.mode(of: path), mode & 0o077 != 0 {
      throw FileProblems(
        list: [FileProblem(file: path, mark: nil, message: "it holds a password and can be read by others: chmod 600 it")])
    }
    return configuration
  }

  /// Whether there is no such file, for certain. One that cannot be reached may hold `read_only`: it is not taken for none.
  private static func isAbsent(_ path: String) -> Bool {
    var facts = stat()
    if lstat(path, &facts) == 0 { return false }
    guard errno == ENOENT || errno == ENOTDIR else { return false }
    // A link above it that leads nowhere stands for a disk that is not mounted.
    var above = ""
    for part in path.split(separator: "/").dropLast() {
      above += "/" + part
      guard lstat(above, &facts) == 0 else { return true }
      if facts.st_mode & S_IFMT == S_IFLNK, stat(above, &facts) != 0 { return false }
    }
    return true
  }
}
