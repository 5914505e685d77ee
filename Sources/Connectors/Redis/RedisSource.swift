import NIOSSL
import OpsModel

/// What every connector on Redis needs of the settings.
enum RedisSource {
  static let settings: [SettingKey] = [
    SettingKey("password", .text, "the password, where it does not stand in the url"),
    SettingKey("ca", .file, "PEM file with the certificates to trust for rediss://"),
    SettingKey("timeout", .wholeNumber, "seconds that a batch of commands may take (2)"),
  ]

  static func client(
    _ settings: SourceSettings, _ clock: any OpsClock, name: String? = nil, database: Int? = nil,
    pattern: ((Int) -> [UInt8])? = nil,
    onPush: @escaping @Sendable (RedisPush) -> Void = { _ in }
  ) throws(Failure) -> RedisClient {
    var address = try RedisAddress(url: settings.url)
    address.password = settings.texts["password"] ?? address.password
    address.database = database ?? address.database
    let tls = address.isTLS ? try RedisTLS.context(authority: settings.texts["ca"]) : nil
    var limits = RedisClient.Limits()
    if let text = settings.texts["timeout"], let seconds = Double(text) { limits.operation = min(max(seconds, 0.1), 60) }
    return RedisClient(
      address: address, tls: tls, limits: limits, clock: clock, name: name ?? settings.presence?.name() ?? "opsconsole",
      presence: settings.presence, hasOwnWriter: settings.hasOwnWriter || settings.presence?.canWrite == false,
      pattern: pattern.map { $0(address.database) },
      onPush: onPush)
  }

  /// The connection that changes things. Others on the server see who it is.
  static func writer(
    _ settings: SourceSettings, _ actor: String, _ clock: any OpsClock, database: Int? = nil
  ) throws(Failure) -> RedisClient {
    let acting = settings.presence ?? Presence(own: SafeText(escaping: actor, limit: 64), canWrite: true)
    return try client(settings, clock, name: acting.name(isActing: true), database: database)
  }

  /// The uptime was asked once, when the connection was made, and is carried on.
  static func server(_ server: RedisServer, at now: Moment) -> ServerState {
    var state = ServerState(product: "Redis \(server.version)")
    if let asked = server.askedAt, let uptime = server.uptime { state.uptime = uptime + now.age(since: asked) }
    return state
  }
}
