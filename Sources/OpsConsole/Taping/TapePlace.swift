import Glibc
import OpsModel

/// Which tape this is recorded on: one file for each environment, label and configuration. Sources of two configurations may have one name
/// and be two servers, and a configuration keeps its tape while it is edited.
struct TapePlace {
  let owner: DataOwner
  let path: String
  /// What an earlier version recorded for this account; nil where there is no such file.
  let former: String?

  /// - Parameter environment: from the command line; it goes before the configuration.
  init(_ configuration: Configuration?, _ environment: Environment?, _ paths: FilePaths) {
    owner = DataOwner(environment ?? configuration?.environment ?? .production, label: configuration?.label ?? "")
    let origin = configuration.map { Self.origin(of: $0, paths) } ?? "+found"
    path = "\(paths.tapeFolder)/\(owner.fileName)\(origin).sqlite"
    former = FilePaths.exists(paths.formerTape) ? paths.formerTape : nil
  }

  /// Nothing for the usual configuration of the account; else the name of the file, and what tells it from others of its name.
  private static func origin(of configuration: Configuration, _ paths: FilePaths) -> String {
    guard let file = configuration.file else { return "" }
    let real = real(file)
    guard real != Self.real(paths.configurationFile) else { return "" }
    let name = real.split(separator: "/").last?.split(separator: ".").first ?? ""
    return "+\(DataOwner.plain(String(name)))-\(DataOwner.digest(real))"
  }

  private static func real(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
