import Glibc
import OpsModel

/// A file that holds one secret.
enum SecretFile {
  /// The first line. Others than the owner must not be able to read the file.
  /// - Throws: `Failure.settings`.
  static func read(_ path: String) throws(Failure) -> String {
    let expanded = FilePaths.expand(path)
    let shown = SafeText(escaping: expanded)
    guard let mode = FilePaths.mode(of: expanded) else { throw .settings("the secret file \(shown) can not be read") }
    guard mode & 0o077 == 0 else { throw .settings("the secret file \(shown) can be read by others: chmod 600 it") }
    guard let text = FilePaths.read(expanded, limit: 65_536) else { throw .settings("the secret file \(shown) can not be read") }
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    guard !line.isEmpty else { throw .settings("the secret file \(shown) is empty") }
    return line
  }
}
