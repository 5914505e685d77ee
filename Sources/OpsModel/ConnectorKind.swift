/// What a kind of connector is called, which settings it understands, and how it is made.
public struct ConnectorKind: Sendable {
  /// As written in the configuration: `rq`, `celery`, `postgres`.
  public let name: String
  public let title: SafeText
  /// What such a source tells about.
  public let facets: Set<Facet>
  /// Its connectors are `WaitingTaskReader`s.
  public let showsWaiting: Bool
  /// Its connectors are `DeadLetterStore`s.
  public let showsDead: Bool
  /// Asking costs the server enough that it is left alone while the operator holds the view.
  public let restsWhileHeld: Bool
  /// Its connectors are `ProcessDetailReader`s.
  public let tellsDetail: Bool
  /// False for what is on this machine anyway.
  public let needsURL: Bool
  /// Seconds between polls where nobody says otherwise; nil for the usual.
  public let usualInterval: Double?
  /// Keys beside `name`, `kind` and `url`.
  public let settings: [SettingKey]
  /// Looks at a url without using it; throws what is wrong with it.
  public let check: @Sendable (String) throws(Failure) -> Void
  public let make: @Sendable (SourceSettings, any OpsClock) throws(Failure) -> any Connector

  public init(
    name: String, title: SafeText, facets: Set<Facet>, showsWaiting: Bool = false, showsDead: Bool = false,
    restsWhileHeld: Bool = false, tellsDetail: Bool = false, needsURL: Bool = true, usualInterval: Double? = nil, settings: [SettingKey],
    check: @escaping @Sendable (String) throws(Failure) -> Void,
    make: @escaping @Sendable (SourceSettings, any OpsClock) throws(Failure) -> any Connector
  ) {
    self.name = name
    self.title = title
    self.facets = facets
    self.showsWaiting = showsWaiting
    self.showsDead = showsDead
    self.restsWhileHeld = restsWhileHeld
    self.tellsDetail = tellsDetail
    self.needsURL = needsURL
    self.usualInterval = usualInterval
    self.check = check
    self.settings = settings
    self.make = make
  }
}

/// A setting that a kind of source understands.
public struct SettingKey: Hashable, Sendable {
  public enum Shape: Hashable, Sendable { case text, list, file, wholeNumber }

  public let name: String
  public let shape: Shape
  public let help: SafeText

  public init(_ name: String, _ shape: Shape, _ help: SafeText) {
    self.name = name
    self.shape = shape
    self.help = help
  }
}

/// One source as configured. Secrets are filled in already; nothing here is ever printed but `name` and `kind`.
public struct SourceSettings: Sendable {
  public let name: SafeText
  public let kind: String
  public let url: String
  public var texts: [String: String]
  public var lists: [String: [String]]
  /// Who looks, as others on the server shall see it.
  public var presence: Presence?
  /// Seconds between polls.
  public var interval: Double
  /// Whether another account acts than the one that looks: of its rights nothing is known here.
  public var hasOwnWriter = false
  /// A script looks once or twice: everything is read each time, also what changes slowly.
  public var isEager = false

  public init(
    name: SafeText, kind: String, url: String, texts: [String: String] = [:], lists: [String: [String]] = [:], interval: Double = 2,
    presence: Presence? = nil
  ) {
    self.presence = presence
    self.name = name
    self.kind = kind
    self.url = url
    self.texts = texts
    self.lists = lists
    self.interval = interval
  }
}
