/// What a process runs on.
public enum Language: String, Hashable, Sendable, CaseIterable, Codable {
  case node, jvm, python, ruby, go, dotnet, php, erlang
  /// Anything else.
  case native
}

/// One process, or one server with its workers, as one poll of one source saw it.
public struct RuntimeState: Hashable, Sendable, Codable {
  public let id: ResourceID
  /// `api-7`, `billing`, `gunicorn: shop`.
  public var name: SafeText
  public var language: Language
  /// `node v20.20.2`, `OpenJDK 17.0.15, G1`.
  public var version: SafeText?
  public var pid: Int?
  public var host: SafeText?
  /// Seconds since 1970.
  public var startedAt: Double?
  /// The job, service or control group that it belongs to.
  public var group: SafeText?
  public var account: SafeText?
  public var signals = SignalSet()
  public var collections: [Collection] = []
  public var pools: [Pool] = []
  public var members: [Member] = []
  public var threads: [ThreadRole] = []
  public var listeners: [Listener] = []
  public var costs: [Cost] = []
  /// A process of it holds a server's workers: their rows say the same again.
  public var parent: Int?
  /// It listens at this port of the machine that the console runs on.
  public var port: Int?
  /// It has a network of its own.
  public var isContained = false
  /// What is to be said beside the numbers: a collection under way, counters that are missing.
  public var remarks: [SafeText] = []
  /// Collections so far whose count tells whether `heapAfterGC` is a new one.
  public var fullCollections: Int?

  public init(id: ResourceID, name: SafeText, language: Language) {
    self.id = id
    self.name = name
    self.language = language
  }

  /// Collections of one generation or kind.
  public struct Collection: Hashable, Sendable, Codable {
    public let name: SafeText
    /// Per second.
    public var rate: Double?
    public var total: Int?
    /// Seconds of pause on average, and of the last one.
    public var average: Double?
    public var last: Double?
    /// Share of time.
    public var share: Double?
    /// Its times are those of pauses; concurrent work is not.
    public var isPause = true

    public init(_ name: SafeText) { self.name = name }
  }

  /// A pool of threads, workers or connections.
  public struct Pool: Hashable, Sendable, Codable {
    public let name: SafeText
    public var active: Int?
    public var size: Int?
    public var queued: Int?

    public init(_ name: SafeText, active: Int? = nil, size: Int? = nil, queued: Int? = nil) {
      self.name = name
      self.active = active
      self.size = size
      self.queued = queued
    }

    public var isExhausted: Bool { active != nil && active == size && (size ?? 0) > 0 }
  }

  /// A worker process of a server.
  public struct Member: Hashable, Sendable, Codable {
    public let pid: Int
    public var state: SafeText
    public var isBusy = false
    public var requests: Int?
    public var rss: Double?
    /// Seconds since it last gave a sign of life, and that its request has run.
    public var beat: Double?
    public var onRequest: Double?

    public init(pid: Int, state: SafeText) {
      self.pid = pid
      self.state = state
    }
  }

  /// Threads with one job, such as collecting garbage.
  public struct ThreadRole: Hashable, Sendable, Codable {
    public let name: SafeText
    public var count: Int
    /// Cores.
    public var cpu: Double?

    public init(_ name: SafeText, count: Int, cpu: Double? = nil) {
      self.name = name
      self.count = count
      self.cpu = cpu
    }
  }

  /// Where it takes connections.
  public struct Listener: Hashable, Sendable, Codable {
    public let address: SafeText
    /// Connections that wait for `accept`, and how many may.
    public var backlog: Int
    public var limit: Int?

    public init(_ address: SafeText, backlog: Int, limit: Int? = nil) {
      self.address = address
      self.backlog = backlog
      self.limit = limit
    }
  }
}
