import OpsModel

/// Text that may hold a secret. It has no description on purpose: it can not be printed by accident.
///
/// `${NAME}` stands for a variable, `$$` for a dollar sign; a text that begins `file:` is the first line of that file, one that begins
/// `command:` the first line that the command prints.
struct SecretText: Sendable {
  private enum Origin: Sendable {
    case plain(String)
    case file(String)
    case command(String)
  }

  private let origin: Origin
  /// The secret stands in the configuration file itself.
  let isLiteralSecret: Bool

  private init(_ origin: Origin, isLiteralSecret: Bool = false) {
    self.origin = origin
    self.isLiteralSecret = isLiteralSecret
  }

  static func plain(_ text: String) -> SecretText { SecretText(.plain(text)) }

  /// - Throws: `SecretProblem` for a variable that is not set or an open `${`.
  static func parse(_ text: String, environment: [String: String]) throws(SecretProblem) -> SecretText {
    if text.hasPrefix("file:") { return SecretText(.file(String(text.dropFirst(5)))) }
    if text.hasPrefix("command:") { return SecretText(.command(String(text.dropFirst(8)))) }
    let filled = try fill(text, environment)
    // What stands between ':' and '@' of a url without a variable in it is a password in plain sight.
    return SecretText(.plain(filled), isLiteralSecret: holdsPassword(text))
  }

  private static func fill(_ text: String, _ environment: [String: String]) throws(SecretProblem) -> String {
    var out = ""
    var rest = Substring(text)
    while let dollar = rest.firstIndex(of: "$") {
      out += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        out += "$"
        rest = rest.dropFirst()
      } else if rest.first == "{" {
        guard let end = rest.firstIndex(of: "}") else { throw SecretProblem(message: "'${' is not closed") }
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        guard let value = environment[name] else {
          throw SecretProblem(message: "the variable \(SafeText(escaping: name, limit: 60)) is not set")
        }
        out += value
        rest = rest[rest.index(after: end)...]
      } else {
        out += "$"
      }
    }
    return out + rest
  }

  private static func holdsPassword(_ text: String) -> Bool {
    if text.contains("password=") && !text.contains("password=${") { return true }
    guard text.contains("://"), let at = text.lastIndex(of: "@") else { return false }
    let account = text[..<at].split(separator: "/").last ?? ""
    guard let colon = account.firstIndex(of: ":") else { return false }
    let password = account[account.index(after: colon)...]
    return !password.isEmpty && !(password.hasPrefix("${") && password.hasSuffix("}"))
  }

  /// The text with its secret. May start a command; waits five seconds at most.
  /// - Throws: `Failure.settings`.
  func resolved() async throws(Failure) -> String {
    switch origin {
    case .plain(let text): text
    case .file(let path): try SecretFile.read(path)
    case .command(let line): try await SecretCommand.run(line)
    }
  }
}

/// Why a secret is not understood. Never repeats the text.
struct SecretProblem: Error, Hashable {
  let message: SafeText
}
