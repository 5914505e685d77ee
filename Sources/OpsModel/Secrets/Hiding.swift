/// Keeps secrets, sensitive parameters and credentials out of what is written down and shown: whole texts and values, where `SecretMask`
/// takes streams. Copies share what they know.
public struct Hiding: Sendable {
  private let book: SecretBook

  /// Of this process: every credential that it has sent, and the secrets of runs that it plans or carries out.
  public static let process = Hiding(book: SecretBook())

  /// For tests, and where there is nothing to hide.
  public static let nothing = Hiding(book: SecretBook())

  private init(book: SecretBook) { self.book = book }

  /// - Throws: `ShortSecret` for one that is too short to be kept out.
  public init(_ secrets: [String]) throws(ShortSecret) {
    self.init(book: SecretBook())
    try add(secrets)
  }

  /// - Throws: `ShortSecret`; then none of them is added.
  public func add(_ secrets: [String]) throws(ShortSecret) {
    let bytes = secrets.map { Array($0.utf8) }
    for secret in bytes where !secret.isEmpty && secret.count < SecretMask.shortest { throw ShortSecret() }
    book.add(bytes)
  }

  /// What is about to be sent to a server.
  public func learn(_ credentials: [Credential]) { book.add(credentials.flatMap(\.texts).map { Array($0.utf8) }) }

  /// For the output of a program that is started now.
  public var stream: SecretMask { book.mask ?? .nothing }

  public func bytes(_ bytes: [UInt8]) -> [UInt8] {
    guard var mask = book.mask else { return bytes }
    let shown = mask.take(bytes)
    return shown + mask.finish()
  }

  public func text(_ text: String) -> String {
    guard var mask = book.mask else { return text }
    // A text that was cut may end within a secret.
    let isCut = text.hasSuffix("…")
    let shown = mask.take(Array((isCut ? text.dropLast() : text[...]).utf8))
    return String(decoding: shown + mask.finish(), as: UTF8.self) + (isCut ? "…" : "")
  }

  public func text(_ text: SafeText) -> SafeText {
    let shown = self.text(text.text)
    return shown == text.text ? text : SafeText(escaping: shown, limit: .max)
  }

  /// Names in mappings are texts as well; a number that is a secret becomes one.
  public func value(_ value: RunValue) -> RunValue {
    switch value {
    case .text(let text): return .text(self.text(text))
    case .list(let list): return .list(list.map { self.value($0) })
    case .map(let map): return .map(Dictionary(map.map { (text($0.key), self.value($0.value)) }) { first, _ in first })
    case .int, .number:
      guard let digits = value.argument, digits.utf8.count >= SecretMask.shortest else { return value }
      let shown = text(digits)
      return shown == digits ? value : .text(shown)
    case .null, .bool: return value
    }
  }

  public func failure(_ failure: Failure) -> Failure {
    switch failure {
    case .unreachable(let address, let reason): .unreachable(address: text(address), reason: text(reason))
    case .unknownHost(let host): .unknownHost(text(host))
    case .timedOut(let what, let waited): .timedOut(what: text(what), waited: waited)
    case .closed(let address): .closed(address: text(address))
    case .authentication(let words): .authentication(text(words))
    case .permission(let what, let grant): .permission(what: text(what), grant: text(grant))
    case .notReady(let words): .notReady(text(words))
    case .garbage(let words): .garbage(text(words))
    case .tooLarge(let what, let limit): .tooLarge(what: text(what), limit: limit)
    case .tls(let words): .tls(text(words))
    case .refused(let code, let message): .refused(code: text(code), message: text(message))
    case .settings(let words): .settings(text(words))
    // Our own words.
    case .declined: failure
    }
  }
}
