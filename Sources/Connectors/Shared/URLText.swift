import OpsModel

/// The parts of a URL as configuration files hold them, percent-decoded. Kept small and without Foundation: it runs before first paint.
struct URLText: Equatable {
  var scheme = ""
  var user: String?
  var password: String?
  var host = ""
  var port: Int?
  var path = ""
  var query: [String: String] = [:]

  /// Nil where the text has no `scheme://`, or a port that is no number.
  init?(_ text: String) {
    guard let colon = text.range(of: "://") else { return nil }
    scheme = text[..<colon.lower].lowercased()
    var rest = text[colon.upper...]
    if let mark = rest.firstIndex(of: "?") {
      query = Self.pairs(rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    path = Self.decode(rest[slash...])
    var authority = rest[..<slash]
    if let at = authority.lastIndex(of: "@") {
      let account = authority[..<at]
      let split = account.firstIndex(of: ":") ?? account.endIndex
      user = account[..<split].isEmpty ? nil : Self.decode(account[..<split])
      if split < account.endIndex { password = Self.decode(account[account.index(after: split)...]) }
      authority = authority[authority.index(after: at)...]
    }
    guard takeHost(authority) else { return nil }
  }

  /// Whether an `@` stands behind the first `/`, `?` or `#`: then a password was not percent-encoded, and what would be taken for the
  /// host is a part of it.
  static func hidesPassword(_ text: String) -> Bool {
    guard let colon = text.range(of: "://") else { return false }
    let rest = text[colon.upper...]
    guard let end = rest.firstIndex(where: { "/?#".contains($0) }) else { return false }
    return rest[end...].contains("@")
  }

  /// - Throws: `Failure.settings`, without repeating the text.
  static func refuseHiddenPassword(_ text: String) throws(Failure) {
    if hidesPassword(text) {
      throw .settings("the url has an '@' behind its host: percent-encode the password (/ is %2F, ? is %3F, # is %23, @ is %40)")
    }
  }

  private mutating func takeHost(_ authority: Substring) -> Bool {
    var tail = authority
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = String(authority[authority.index(after: authority.startIndex)..<end])
      tail = authority[authority.index(after: end)...]
    } else {
      let split = authority.lastIndex(of: ":") ?? authority.endIndex
      host = Self.decode(authority[..<split])
      tail = authority[split...]
    }
    guard tail.hasPrefix(":"), tail.count > 1 else { return true }
    guard let number = Int(tail.dropFirst()), (1...65535).contains(number) else { return false }
    port = number
    return true
  }

  private static func pairs(_ text: Substring) -> [String: String] {
    var out: [String: String] = [:]
    for part in text.split(separator: "&") {
      let split = part.firstIndex(of: "=") ?? part.endIndex
      out[decode(part[..<split])] = split < part.endIndex ? decode(part[part.index(after: split)...]) : ""
    }
    return out
  }

  static func decode(_ text: Substring) -> String {
    guard text.contains("%") else { return String(text) }
    var bytes: [UInt8] = []
    var units = Array(text.utf8)[...]
    while let unit = units.popFirst() {
      if unit == UInt8(ascii: "%"), units.count >= 2, let value = UInt8(String(decoding: units.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(value)
        units = units.dropFirst(2)
      } else {
        bytes.append(unit)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
