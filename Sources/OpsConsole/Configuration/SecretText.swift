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
        rest = rest[rest.index(after: end)...]
        out += fitted(value, behind: out, before: rest)
      } else {
        out += "$"
      }
    }
    return out + rest
  }

  /// A variable holds the plain value. Where it is put into the account of a url it is percent-encoded, and quoted as a value of
  /// `key=value`, so that no character of a password can change what the url means.
  private static func fitted(_ value: String, behind head: String, before tail: Substring) -> String {
    if let colon = head.indices.first(where: { head[$0...].hasPrefix("://") }) {
      let isInAccount = !head[head.index(colon, offsetBy: 3)...].contains { "/?#@".contains($0) } && tail.contains("@")
      return isInAccount ? percentEncoded(value) : value
    }
    guard head.hasSuffix("="), tail.isEmpty || tail.first == " " else { return value }
    return "'" + value.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
  }

  private static func percentEncoded(_ value: String) -> String {
    value.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-._~".utf8.contains(byte)
      let digits = String(byte, radix: 16, uppercase: true)
      return isPlain ? String(Unicode.Scalar(byte)) : "%" + (digits.count == 1 ? "0" + digits : digits)
    }.joined()
  }

  private static func holdsPassword(_ text: String) -> Bool {
    if text.contains("password=") && !text.contains("password=${") { return true }
    guard text.contains("://"), let at = text.lastIndex(of: "@") else { return false }
    let account = text[..<at].split(separator: "/").last ?? ""
    guard let colon = account.firstIndex(of: ":") else { return false }
    let password = account[account.index(after: colon)...]
    return !password.isEmpty && !(password.hasPrefix("${") && password.hasSuffix("}"))
  }

  /// The text where it is known without reading a file or starting a program.
  var known: String? { if case .plain(let text) = origin { text } else { nil } }

  /// The text that a file holds; nil where it cannot be read, or is not in one.
  func read() -> String? {
    guard case .file(let path) = origin else { return nil }
    do throws(Failure) { return try SecretFile.read(path) } catch { return nil }
  }

  /// What is wrong with a url that stands in the configuration itself; nil for one that comes from a file or a command.
  func problem(with kind: ConnectorKind) -> SafeText? {
    guard case .plain(let text) = origin else { return nil }
    do throws(Failure) {
      // A connection to the hosts of a group has its host filled in when it is used.
      try kind.check(text.replacing(HostGroup.place, with: "host"))
      return nil
    } catch {
      return error.what
    }
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
