import OpsModel

/// A process that is followed: what was read of it once, and the counters of the last look.
struct ProcessEntry {
  let pid: Int32
  /// Ticks since the system started: with the pid it names the process.
  let started: Int64
  var kind: ProcessKind
  var account: UInt32 = 0
  /// Its number in its own namespace; another one than `pid` inside a container.
  var inner: Int32
  /// Network namespace, where it may be told.
  var network: String?
  var group: GroupPlace?
  var fileLimit: Double?
  /// When these were read.
  var readAt = 0.0

  var cpu = CounterWindow(length: 8)
  var mainCPU = CounterWindow(length: 8)
  var delay = CounterWindow(length: 8)
  var threads: [Int32: ThreadEntry] = [:]
  var threadsAt = 0.0

  /// A thread of it.
  struct ThreadEntry {
    var name: String
    var cpu: Double
    var delay: Double
    /// Cores since the look before.
    var rate: Double?
    var delayRate: Double?
  }

  /// Its control groups: of version 2, or of processor and memory in version 1.
  struct GroupPlace: Hashable {
    var unified: String?
    var cpu: String?
    var memory: String?

    /// The one that a person would name.
    var shown: String { [unified, memory, cpu].compactMap { $0 }.first { $0 != "/" } ?? "/" }
  }

  init(pid: Int32, started: Int64, kind: ProcessKind) {
    self.pid = pid
    self.started = started
    self.kind = kind
    inner = pid
  }

  /// Names it beyond the life of its pid.
  var key: String { "\(pid)-\(started)" }

  var isContained: Bool { inner != pid }
}
