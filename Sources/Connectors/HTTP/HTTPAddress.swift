import OpsModel

/// Where an HTTP server is and who we say we are there: `http://[user:password@]host[:port][/prefix]`, `https://…`, or
/// `unix:///path/to.sock`.
struct HTTPAddress: Equatable, Sendable {
  /// Scheme, host and port as requests take them; of a socket the escaped path.
  let origin: String
  /// Stands before every path; without a slash at its end.
  let path: String
  /// After the path, with its question mark; empty where there is none.
  let query: String
  let host: String
  let port: Int
  let isTLS: Bool
  let socket: String?
  let user: String?
  let password: String?

  /// - Throws: `Failure.settings`; the URL itself is not repeated, it may hold a password.
  init(url: String, usualPort: Int? = nil) throws(Failure) {
    try URLText.refuseHiddenPassword(url)
    guard let parts = URLText(url) else {
      throw .settings("url is not of the form http://host:port/path, https://… or unix:///path, with a port from 1 to 65535")
    }
    user = parts.user
    password = parts.password
    let mark = url.firstIndex(of: "?")
    query = mark.map { String(url[$0...]) } ?? ""
    let written = String(mark.map { url[..<$0] } ?? url[...])
    switch parts.scheme {
    case "http", "https":
      guard !parts.host.isEmpty else { throw .settings("the url names no host") }
      isTLS = parts.scheme == "https"
      host = parts.host
      port = parts.port ?? usualPort ?? (isTLS ? 443 : 80)
      socket = nil
      origin = "\(parts.scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
      // The path as it was written: it is percent-encoded already.
      let rest = written.range(of: "://").map { written[$0.upper...] } ?? ""
      let slash = rest.firstIndex(of: "/")
      var path = slash.map { String(rest[$0...]) } ?? ""
      while path.hasSuffix("/") { path.removeLast() }
      self.path = path
    case "unix":
      isTLS = false
      host = ""
      port = 0
      path = ""
      let place = parts.path.isEmpty ? parts.host : parts.path
      socket = place
      origin = "http+unix://" + place.utf8.map { Self.isPlain($0) ? String(UnicodeScalar($0)) : Self.escaped($0) }.joined()
    default: throw .settings("the url begins http://, https:// or unix://")
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46 || byte == 95
  }

  /// `%2F`
  static func escaped(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "%" + (digits.count < 2 ? "0" + digits : digits)
  }

  /// Text for a query or a form.
  static func encoded(_ text: String) -> String { text.utf8.map { isPlain($0) ? String(UnicodeScalar($0)) : escaped($0) }.joined() }

  /// For messages: no user, no password.
  var shown: SafeText { socket.map { SafeText(escaping: $0) } ?? SafeText(escaping: origin + path) }
}
