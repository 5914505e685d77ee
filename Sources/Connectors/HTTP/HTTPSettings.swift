import OpsModel

/// How a server is spoken to beside its address: accounts, tenants, certificates.
struct HTTPSettings: Sendable {
  var bearer: String?
  var user: String?
  var password: String?
  var headers: [(name: String, value: String)] = []
  var authority: String?

  static let keys: [SettingKey] = [
    SettingKey("password", .text, "password of the url's user, where it does not stand in the url"),
    SettingKey("bearer", .text, "token for the header Authorization: Bearer"),
    SettingKey("ca", .file, "PEM file with the certificates to trust instead of the system's"),
    SettingKey("tenant", .text, "tenant of Mimir, Cortex or Loki: header X-Scope-OrgID"),
  ]

  init() {}

  /// - Throws: `Failure.settings` where a value can not stand in a header.
  init(_ settings: SourceSettings, _ address: HTTPAddress) throws(Failure) {
    bearer = settings.texts["bearer"]
    user = address.user
    password = settings.texts["password"] ?? address.password
    authority = settings.texts["ca"]
    if let tenant = settings.texts["tenant"] { headers.append(("X-Scope-OrgID", tenant)) }
    for value in [bearer, user, password] + headers.map({ Optional($0.value) }) {
      if value?.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) ?? false {
        throw .settings("a value for a header holds a control character")
      }
    }
  }

  /// The value of the header Authorization.
  var authorization: String? {
    if let bearer { return "Bearer " + bearer }
    guard user != nil || password != nil else { return nil }
    return "Basic " + Base64Text.encode(Array("\(user ?? ""):\(password ?? "")".utf8))
  }
}
