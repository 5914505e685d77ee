import OpsModel

/// Where a Redis is and who we say we are there.
///
/// Understood: `redis://[user[:password]@]host[:port][/db]`, `rediss://…` (TLS), `unix:///path/to.sock[?db=n]` and the spelling
/// `redis+socket:///path` of Celery.
struct RedisAddress: Equatable, Sendable {
  enum Place: Equatable, Sendable {
    case tcp(host: String, port: Int)
    case socket(path: String)
  }

  var place: Place
  var isTLS = false
  var user: String?
  var password: String?
  var database = 0

  /// - Throws: `Failure.settings`; the URL itself is not repeated, it may hold a password.
  init(url: String) throws(Failure) {
    try URLText.refuseHiddenPassword(url)
    guard let parts = URLText(url) else {
      throw .settings("url is not of the form redis://host:port/db, rediss://… or unix:///path, with a port from 1 to 65535")
    }
    user = parts.user
    password = parts.password
    switch parts.scheme {
    case "redis", "rediss":
      place = .tcp(host: parts.host.isEmpty ? "127.0.0.1" : parts.host, port: parts.port ?? 6379)
      isTLS = parts.scheme == "rediss"
      database = try Self.database(parts.path.split(separator: "/").first.map(String.init) ?? parts.query["db"])
    case "unix", "redis+socket", "redis+unix", "socket":
      place = .socket(path: parts.path.isEmpty ? parts.host : (parts.host.isEmpty ? parts.path : parts.host + parts.path))
      database = try Self.database(parts.query["db"] ?? parts.query["virtual_host"])
    default:
      throw .settings("a Redis url begins redis://, rediss:// or unix://")
    }
    password = password ?? parts.query["password"]
  }

  init(place: Place, database: Int = 0) {
    self.place = place
    self.database = database
  }

  private static func database(_ text: String?) throws(Failure) -> Int {
    guard let text, !text.isEmpty else { return 0 }
    guard let number = Int(text), (0...10_000).contains(number) else { throw .settings("the database of a Redis url is a number") }
    return number
  }

  /// For messages: no user, no password.
  var shown: SafeText {
    switch place {
    case .tcp(let host, let port): "redis at \(SafeText(escaping: host)):\(port)"
    case .socket(let path): "redis at \(SafeText(escaping: path))"
    }
  }
}
