import CLibPQ
import Glibc
import OpsModel

/// A connection string as libpq takes it (URL, `key=value`, `service=name`), with what every session of ours adds.
struct PostgresSettings: Sendable {
  /// Put behind the operator's own `options`. All of them any role may set, on 12 to 18.
  static let session =
    "-c statement_timeout=2000 -c lock_timeout=200 -c idle_in_transaction_session_timeout=5000 "
    + "-c default_transaction_read_only=on -c jit=off -c max_parallel_workers_per_gather=0 -c DateStyle=ISO -c TimeZone=UTC "
    // Names in our statements mean the server's own functions, whatever others have made.
    + "-c search_path=pg_catalog"

  private let connection: String
  private let password: String?
  private let presence: Presence?
  private let added: [(String, String)]
  /// Whether libpq understood the string: otherwise its message may repeat a password.
  let isParsed: Bool
  /// The operator asked for certificates to be verified.
  let isVerified: Bool
  /// The server runs on this host, as far as the string tells.
  let isLocal: Bool
  /// The account that the string names.
  let user: SafeText?

  /// - Parameter password: kept apart from the string where the configuration names it apart.
  /// - Parameters:
  ///   - database: in place of the one that the string names.
  ///   - options: more settings of the session.
  init(
    connection: String, password: String?, presence: Presence? = nil, isActing: Bool = false, database: String? = nil,
    options more: String = ""
  ) {
    self.connection = connection
    self.password = password
    self.presence = presence
    let given = Self.parse(connection)
    isParsed = given != nil
    let known = given ?? [:]
    let host = known["host"] ?? known["hostaddr"] ?? (known["service"] == nil ? "/" : "")
    isLocal = ["localhost", "127.0.0.1", "::1"].contains(host) || host.hasPrefix("/")
    user = known["user"].map { SafeText(escaping: $0, limit: 64) }
    let options = [known["options"] ?? "", Self.session, more].filter { !$0.isEmpty }.joined(separator: " ")
    isVerified = (known["sslmode"] ?? "").hasPrefix("verify")
    let secret = password.map { [("password", $0)] } ?? []
    added =
      secret + [
        ("application_name", known["application_name"] ?? presence?.name(isActing: isActing) ?? "opsconsole"), ("connect_timeout", "3"),
        ("client_encoding", "UTF8"),
        ("keepalives", "1"), ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "10000"), ("options", options),
      ] + (database.map { [("dbname", $0)] } ?? [])
  }

  /// The same server, another database.
  func with(database: String) -> PostgresSettings {
    PostgresSettings(connection: connection, password: password, presence: presence, database: database)
  }

  /// - Throws: `Failure.settings` for a string that libpq does not understand; nothing of it is repeated.
  static func check(_ connection: String) throws(Failure) {
    try URLText.refuseHiddenPassword(connection)
    guard let options = parse(connection) else { throw .settings("url is no connection string that libpq understands") }
    for port in (options["port"] ?? "").split(separator: ",") where !(1...65535).contains(Int(port) ?? 0) {
      throw .settings("the port of the url is no number from 1 to 65535")
    }
  }

  /// Hands out the two arrays of `PQconnectStartParams`; later words override the string's own.
  func withParameters<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
    let pairs = [("dbname", connection)] + added
    let names = pairs.map { strdup($0.0) }
    let values = pairs.map { strdup($0.1) }
    defer {
      for copy in names + values { free(copy) }
    }
    let nameList = names.map { UnsafePointer<CChar>($0) } + [nil]
    let valueList = values.map { UnsafePointer<CChar>($0) } + [nil]
    return body(nameList, valueList)
  }

  /// What the string itself says, without service files and defaults.
  static func parse(_ text: String) -> [String: String]? {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      if let message { PQfreemem(message) }
      return nil
    }
    defer { PQconninfoFree(options) }
    var out: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { out[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return out
  }
}
