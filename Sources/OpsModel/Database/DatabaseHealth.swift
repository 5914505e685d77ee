/// What ails a PostgreSQL server beside its sessions: replication, vacuum, wraparound, checkpoints, files. Bytes and seconds; unknown is nil.
public struct DatabaseHealth: Sendable, Codable {
  /// When it was read.
  public let at: Moment
  public var replicas: [Replica] = []
  public var slots: [Slot] = []
  /// Of a standby: how it follows its primary.
  public var standby: Standby?
  public var progress: [Progress] = []
  /// Who keeps vacuum from cleaning up, the oldest first.
  public var horizon: [Horizon] = []
  public var wraparound: [Wraparound] = []
  /// Bytes of temporary files that stand now, by pid.
  public var temporary: [Temporary] = []
  public var pressure = Pressure()
  /// The role may not see what other roles' sessions and standbys do: what is missing then is not none.
  public var isLimited = false
  /// Transactions after which vacuum is forced.
  public var freezeAge = 200_000_000
  /// Parts that could not be read, and why.
  public var gaps: [SafeText] = []

  public init(at: Moment) { self.at = at }

  /// Bytes of temporary files of a session.
  public struct Temporary: Hashable, Sendable, Codable {
    public let pid: Int
    public let bytes: Double

    public init(pid: Int, bytes: Double) {
      self.pid = pid
      self.bytes = bytes
    }
  }

  /// A standby that is connected here.
  public struct Replica: Hashable, Sendable, Codable {
    public var name: SafeText = "?"
    public var client: SafeText?
    public var state: SafeText?
    public var sync: SafeText?
    /// Bytes not sent, sent and not flushed there, flushed there and not replayed.
    public var unsent: Double?
    public var unflushed: Double?
    public var unreplayed: Double?
    /// Seconds; nil on a link that is idle and caught up.
    public var replayLag: Double?
    /// Seconds since it last reported.
    public var silence: Double?

    public init() {}
  }

  public struct Slot: Hashable, Sendable, Codable {
    public var name: SafeText = "?"
    public var kind: SafeText?
    public var isActive = false
    /// `reserved`, `extended`, `unreserved`, `lost` (13 and later).
    public var status: SafeText?
    /// Bytes of WAL it keeps, and that may still come before it is lost.
    public var retained: Double?
    public var safe: Double?
    public var horizonAge: Int?

    public init() {}
  }

  public struct Standby: Hashable, Sendable, Codable {
    /// Bytes received and not replayed.
    public var behind: Double?
    /// Seconds since the last replayed transaction, 0 where all that was received is replayed; says nothing when nothing is received.
    public var replayAge: Double?
    public var pause: SafeText?
    /// `streaming`; nil where no receiver runs.
    public var receiver: SafeText?
    /// Seconds since the primary last sent anything.
    public var heardAge: Double?

    public init() {}
  }

  /// Long work that tells how far it is: vacuum, an index build, COPY, a base backup, ANALYZE, CLUSTER.
  public struct Progress: Hashable, Sendable, Codable {
    public let pid: Int
    public let work: SafeText
    public let database: SafeText?
    public let object: SafeText?
    public let phase: SafeText?
    public let done: Double?
    public let total: Double?
    public let wait: SafeText?
    /// Seconds.
    public let age: Double?
    public let note: SafeText?
    /// Neither phase nor numbers moved since the look before, and it waits.
    public var isStuck = false

    public init(
      pid: Int, work: SafeText, database: SafeText?, object: SafeText?, phase: SafeText?, done: Double?, total: Double?, wait: SafeText?,
      age: Double?, note: SafeText?
    ) {
      self.pid = pid
      self.work = work
      self.database = database
      self.object = object
      self.phase = phase
      self.done = done
      self.total = total
      self.wait = wait
      self.age = age
      self.note = note
    }

    /// From 0 to 1.
    public var share: Double? {
      guard let done, let total, total > 0 else { return nil }
      return min(1, done / total)
    }
  }

  public struct Horizon: Hashable, Sendable, Codable {
    /// `session`, `standby`, `slot`, `prepared`.
    public let kind: SafeText
    public let id: SafeText
    /// Transactions.
    public let age: Int?
    public let note: SafeText?
    public let seconds: Double?

    public init(kind: SafeText, id: SafeText, age: Int?, note: SafeText?, seconds: Double?) {
      self.kind = kind
      self.id = id
      self.age = age
      self.note = note
      self.seconds = seconds
    }
  }

  public struct Wraparound: Hashable, Sendable, Codable {
    public let database: SafeText
    public let transactions: Int
    public let multixacts: Int?

    public init(database: SafeText, transactions: Int, multixacts: Int?) {
      self.database = database
      self.transactions = transactions
      self.multixacts = multixacts
    }

    /// Writes stop here.
    public static let limit = 2_144_483_648
    public var share: Double { Double(max(transactions, multixacts ?? 0)) / Double(Self.limit) }
  }

  /// What grew between two looks, per second.
  public struct Pressure: Hashable, Sendable, Codable {
    /// Seconds between the looks; nil with one look.
    public var span: Double?
    public var hitShare: Double?
    /// Blocks of 8 kB from outside of the shared buffers, per second.
    public var reads: Double?
    public var temporaryBytes: Double?
    public var commits: Double?
    public var rollbacks: Double?
    /// Counts within the span.
    public var deadlocks: Double?
    public var conflicts: Double?
    public var lostSessions: Double?
    public var walBytes: Double?
    public var fullPageShare: Double?
    /// Within `checkpointSpan` seconds, ten minutes where so much is known.
    public var checkpointSpan: Double?
    public var timedCheckpoints: Double?
    public var requestedCheckpoints: Double?
    /// Seconds spent writing and syncing per second.
    public var checkpointLoad: Double?
    /// Blocks that sessions had to write themselves, per second (16 and earlier).
    public var backendWrites: Double?
    /// Mean number of active sessions, from the server's own clock (14 and later).
    public var activeSessions: Double?
    public var idleInTransaction: Double?
    /// Archived files that failed, ever; and whether the last try failed.
    public var archiveFailures: Double?
    public var isArchiveFailing = false

    public init() {}
  }
}
