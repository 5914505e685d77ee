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
    if file == nil && !FilePaths.exists(path) { return nil }
    guard let text = FilePaths.read(path, limit: 4 * 1_048_576) else {
      throw FileProblems(list: [
        FileProblem(file: path, mark: nil, message: FilePaths.exists(path) ? "the file can not be read" : "there is no such file")
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
}
