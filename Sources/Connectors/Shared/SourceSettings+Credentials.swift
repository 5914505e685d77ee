import Glibc
public import OpsModel

extension SourceSettings {
  /// What its servers are sent to say who we are: passwords of its addresses, tokens in their queries, and the texts beside them.
  public var credentials: [Credential] {
    var out = Self.credentials(in: url, kind: kind)
    if let results = texts["results"] { out += Self.credentials(in: results, kind: kind) }
    if let password = texts["password"] { out.append(Credential(password, user: Self.user(of: url, kind: kind))) }
    out += Self.headers.compactMap { texts[$0] }.map { Credential($0) }
    // libpq sends it where the address holds none.
    if kind == "postgres", let word = getenv("PGPASSWORD") { out.append(Credential(String(cString: word))) }
    // A tenant may be called like an environment, which is on every screen.
    return out.filter { !$0.secret.isEmpty && Environment(rawValue: $0.secret) == nil }
  }

  /// Settings that become a header.
  private static let headers = ["bearer", "tenant"]

  /// Names in a query that stand for a secret.
  private static let names = ["token", "key", "secret", "password", "passwd", "signature", "sig", "auth", "code"]

  private static func credentials(in address: String, kind: String) -> [Credential] {
    if kind == "postgres" {
      let options = PostgresSettings.parse(address) ?? [:]
      let words = [options["password"], options["sslpassword"]].compactMap { $0 }
      return words.map { Credential($0, user: options["user"]) }
    }
    guard let parts = URLText(address) else { return [] }
    let told = parts.query.filter { entry in names.contains { entry.key.lowercased().hasSuffix($0) } }
    return (parts.password.map { [Credential($0, user: parts.user)] } ?? []) + told.values.sorted().map { Credential($0) }
  }

  private static func user(of address: String, kind: String) -> String? {
    kind == "postgres" ? PostgresSettings.parse(address)?["user"] : URLText(address)?.user
  }
}
