import OpsModel

/// What `Thread.print` tells, by pools: threads of one name but for their number.
struct ThreadDump {
  struct Pool {
    let name: String
    var busy = 0
    /// At work, and waiting there: for a lock, a socket, a database.
    var waiting = 0
    var idle = 0
    /// Where those that are not idle stand.
    var places: [String: Int] = [:]

    var count: Int { busy + waiting + idle }
  }

  private(set) var pools: [Pool] = []
  /// Names of threads that wait for each other, one list for each circle.
  private(set) var deadlocks: [[String]] = []

  private static let idleFrames = [
    "ThreadPoolExecutor.getTask", "TaskQueue.take", "TaskQueue.poll", "ForkJoinPool.awaitWork", "ForkJoinPool.awaitDone", "EPoll.wait",
    "EPollArrayWrapper.epollWait",
    "Net.accept", "QueuedThreadPool.idleJobPoll", "ReservedThreadExecutor", "Object.wait0", "TimerThread.mainLoop",
    "Reference.waitForReferencePendingList",
    "ReferenceQueue.remove",
  ]

  /// Threads of the JVM itself.
  private static let own: Set<String> = [
    "Reference Handler", "Finalizer", "Signal Dispatcher", "Service Thread", "Monitor Deflation Thread", "Common-Cleaner",
    "Notification Thread",
    "Attach Listener", "C1 CompilerThread", "C2 CompilerThread", "DestroyJavaVM", "process reaper", "Cleaner",
  ]

  init(_ text: [UInt8]) {
    var made: [String: Pool] = [:]
    var name: String?
    var state = ""
    var frames: [String] = []
    var isDeadlock = false
    func finish() {
      guard let known = name else { return }
      name = nil
      Self.add(known, state, frames, &made)
    }
    for slice in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let line = String(decoding: slice.prefix(400), as: UTF8.self)
      if line.hasPrefix("Found ") && line.contains("deadlock") && !line.contains("Found 0") && !line.hasSuffix("deadlocks.")
        && line.hasSuffix(":")
      {
        finish()
        isDeadlock = true
        deadlocks.append([])
      } else if isDeadlock {
        takeDeadlock(line, &isDeadlock)
      } else if line.hasPrefix("\"") {
        finish()
        // A native thread has no number.
        guard let end = line.lastIndex(of: "\""), line[end...].contains(" #") else { continue }
        name = String(line[line.index(after: line.startIndex)..<end])
        state = ""
        frames = []
      } else if let place = line.range(of: "java.lang.Thread.State: ") {
        state = String(line[place.upper...])
      } else if line.hasPrefix("\tat ") {
        if frames.count < 100 { frames.append(String(line.dropFirst(4))) }
      }
    }
    finish()
    deadlocks = deadlocks.filter { !$0.isEmpty }
    pools = made.values.sorted { ($0.busy + $0.waiting, $0.count, $1.name) > ($1.busy + $1.waiting, $1.count, $0.name) }
  }

  private mutating func takeDeadlock(_ line: String, _ isDeadlock: inout Bool) {
    if line.hasPrefix("Java stack information") { isDeadlock = false }
    guard line.hasPrefix("\""), line.hasSuffix("\":") else { return }
    deadlocks[deadlocks.count - 1].append(String(line.dropFirst().dropLast(2)))
  }

  private static func add(_ name: String, _ state: String, _ frames: [String], _ pools: inout [String: Pool]) {
    let role = ThreadNames.role(name)
    guard !own.contains(role), !own.contains(name) else { return }
    var pool = pools[role] ?? Pool(name: role)
    let isIdle = frames.contains { frame in idleFrames.contains { frame.contains($0) } }
    if isIdle {
      pool.idle += 1
    } else {
      if state.hasPrefix("RUNNABLE") { pool.busy += 1 } else { pool.waiting += 1 }
      if let place = place(frames) { pool.places[place, default: 0] += 1 }
    }
    pools[role] = pool
  }

  /// The first frame that is not of the JDK.
  private static func place(_ frames: [String]) -> String? {
    let theirs = ["java.", "javax.", "jdk.", "sun.", "java.base@", "com.sun."]
    let frame = frames.first { frame in !theirs.contains { frame.hasPrefix($0) } } ?? frames.first
    return frame.map { frame in
      // com.acme.Billing.chargeCard(Billing.java:31) → Billing.chargeCard(Billing.java:31)
      let head = frame.prefix { $0 != "(" }.split(separator: ".").suffix(2).joined(separator: ".")
      return head + frame.drop { $0 != "(" }
    }
  }

  /// For people: what matters first.
  var answers: [(from: SafeText, text: SafeText)] {
    var out: [(from: SafeText, text: SafeText)] = deadlocks.map { names in
      ("DEADLOCK", "\(SafeText.join(names.map { SafeText(escaping: $0, limit: 60) }, " and ")) wait for each other and never end")
    }
    if deadlocks.isEmpty { out.append(("deadlock", "none that the JVM can see")) }
    for pool in pools.prefix(20) {
      var words: [SafeText] = [
        "\(SafeText(escaping: pool.name, limit: 40)): \(pool.busy) running, \(pool.waiting) waiting at work, \(pool.idle) idle of \(pool.count)"
      ]
      if pool.count > 1 && pool.idle == 0 { words.append("nobody is idle") }
      if let most = pool.places.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
        words.append("\(most.value) at \(SafeText(escaping: most.key, limit: 120))")
      }
      out.append(("pool", SafeText.join(words, ", ")))
    }
    return out
  }
}
