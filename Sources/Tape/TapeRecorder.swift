public import Console
import Dispatch
import GRDB
import Glibc
public import OpsModel
import Synchronization

/// Records onto a tape, off every other thread: nobody waits for it. What goes wrong is said once, and it is tried again from time to
/// time; the console does not need it.
public final class TapeRecorder: Sendable {
  /// What waits to be written at most: where a disk does not answer, the rest is dropped.
  static let waitingLimit = 4096

  private struct Place {
    let path: String
    let settings: TapeSettings
    let owner: DataOwner
  }

  private struct State {
    var writer: TapeWriter?
    var lock: TapeLock?
    var isClosed = false
    /// What was said already.
    var said: Set<SafeText> = []
    /// Where this one records.
    var place: Place?
    /// Where another process records.
    var shared: Place?
    var told: RecordingState?
  }

  private let queue = DispatchQueue(label: "opsconsole.tape", qos: .utility)
  private let state = Mutex(State())
  private let waiting = Atomic<Int>(0)
  private let isDropping = Atomic<Bool>(false)
  private let clock: any OpsClock
  private let retryEvery: Double
  private let healEvery: Double
  private let say: @Sendable (Notice) -> Void
  private let tell: @Sendable (RecordingState) -> Void

  /// - Parameters:
  ///   - retryEvery: seconds after which it is looked again whether another process has left the tape.
  ///   - healEvery: seconds after which a tape that could not be written is tried again.
  ///   - tell: called whenever somebody else records, or nobody.
  ///   - say: called once for each thing that goes wrong; and for each note that could not be kept.
  public init(
    clock: any OpsClock, retryEvery: Double = 5, healEvery: Double = 30,
    tell: @escaping @Sendable (RecordingState) -> Void = { _ in },
    say: @escaping @Sendable (Notice) -> Void
  ) {
    self.retryEvery = retryEvery
    self.healEvery = healEvery
    self.clock = clock
    self.tell = tell
    self.say = say
  }

  /// Opens the tape behind everything else. A tape that another process writes to is left to it, until that ends.
  /// - Parameter owner: whose data it gets. A tape of somebody else is refused.
  public func open(_ path: String, settings: TapeSettings, owner: DataOwner) {
    queue.async {
      // A lock lies beside the file itself, whatever name led there.
      let real = realpath(path, nil)
      defer { free(real) }
      self.begin(Place(path: real.map { String(cString: $0) } ?? path, settings: settings, owner: owner))
    }
  }

  /// Never waits.
  public func post(_ input: TapeInput) {
    guard waiting.load(ordering: .relaxed) < Self.waitingLimit else {
      if !isDropping.exchange(true, ordering: .relaxed) { tell(.failed("the disk is too slow")) }
      return
    }
    waiting.add(1, ordering: .relaxed)
    queue.async {
      self.waiting.subtract(1, ordering: .relaxed)
      if self.waiting.load(ordering: .relaxed) < Self.waitingLimit / 2, self.isDropping.exchange(false, ordering: .relaxed) {
        if let told = self.state.withLock({ $0.told }) { self.tell(told) }
      }
      if case .event(let event) = input, self.state.withLock({ $0.writer == nil }) { return self.append(event) }
      self.work { try $0.take(input, at: self.clock.now()) }
    }
  }

  /// Waits until everything that was posted is taken.
  public func settle() { queue.sync {} }

  /// Writes what is gathered; waits `seconds` at most.
  public func close(within seconds: Double) {
    let done = DispatchSemaphore(value: 0)
    queue.async {
      let now = self.clock.now()
      self.work {
        try $0.take(.event(TapeEvent(at: now.unix, .ended, "recording ended")), at: now)
        try $0.flush(now.unix, isLast: true)
      }
      self.state.withLock { state in
        state.isClosed = true
        Self.leave(&state)
      }
      done.signal()
    }
    _ = done.wait(timeout: .now() + seconds)
  }

  private func begin(_ place: Place) {
    if state.withLock({ $0.isClosed }) { return }
    do throws(TapeProblem) { try TapeFile.refuseOther(place.path) } catch { return fail(error, place) }
    let lock: TapeLock
    do throws(TapeLock.Taken) { lock = try TapeLock(place.path) } catch {
      switch error {
      case .by(let pid): return share(place, with: pid)
      case .problem(let path, let code):
        let text = String(cString: strerror(code))
        let words = SafeText(escaping: text.prefix(1).lowercased() + text.dropFirst())
        return fail(.file("\(path): \(words)"), place, brief: words)
      }
    }
    let old = umask(0o077)
    let problem = begin(place, lock)
    umask(old)
    if let problem {
      lock.release()
      return fail(problem, place)
    }
    report(.here)
  }

  private func begin(_ place: Place, _ lock: TapeLock) -> TapeProblem? {
    let now = clock.now()
    let label: SafeText = place.owner.label.isEmpty ? "" : ", label \(place.owner.label)"
    let detail: SafeText = "environment \(SafeText(escaping: place.owner.environment.rawValue))\(label), pid \(Int(getpid()))"
    return state.withLock { state -> TapeProblem? in
      state.shared = nil
      do {
        let writer = try TapeWriter(path: place.path, settings: place.settings, owner: place.owner, now: now.unix)
        try writer.take(.event(TapeEvent(at: now.unix, .begun, "recording began", detail: detail)), at: now)
        state.writer = writer
        state.lock = lock
        state.place = place
        return nil
      } catch {
        return TapeProblem(error)
      }
    }
  }

  /// Not a failure: what happens is recorded, by somebody else.
  private func share(_ place: Place, with pid: Int?) {
    state.withLock { $0.shared = place }
    queue.asyncAfter(deadline: .now() + retryEvery) { self.begin(place) }
    report(.elsewhere(pid: pid))
  }

  private func work(_ body: (TapeWriter) throws -> Void) {
    let found = state.withLock { state -> (TapeProblem, Place)? in
      guard let writer = state.writer, let place = state.place else { return nil }
      do {
        try body(writer)
        return nil
      } catch {
        // Others may have more luck.
        Self.leave(&state)
        return (TapeProblem(error), place)
      }
    }
    if let (problem, place) = found { fail(problem, place) }
  }

  private static func leave(_ state: inout State) {
    state.writer = nil
    state.lock?.release()
    state.lock = nil
  }

  /// A note or an operation while another process records: a row of its own on the same tape.
  private func append(_ event: TapeEvent) {
    guard let place = state.withLock({ $0.shared }) else { return lose(event, "nothing is recorded") }
    do {
      var rows = TapeRows()
      rows.events = [event]
      try TapeFile.appending(place.path, owner: place.owner).write { try rows.write($0) }
    } catch {
      lose(event, TapeProblem(error).sentence)
    }
  }

  private func lose(_ event: TapeEvent, _ why: SafeText) {
    if event.kind == .note { say(Notice(.warning, "the note is shown and not kept: \(why)")) }
  }

  private func fail(_ problem: TapeProblem, _ place: Place, brief: SafeText? = nil) {
    let isNew = state.withLock { $0.said.insert(problem.sentence).inserted }
    report(.failed(brief ?? problem.sentence))
    if isNew { say(Notice(.warning, "the tape is not recorded: \(problem.sentence)")) }
    // The disk may have room again, or the file may be back.
    queue.asyncAfter(deadline: .now() + healEvery) { self.begin(place) }
  }

  private func report(_ now: RecordingState) {
    let isNew = state.withLock { state in
      defer { state.told = now }
      return state.told != now
    }
    if isNew { tell(now) }
  }
}
