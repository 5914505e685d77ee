import Console
import Dispatch
import GRDB
import Glibc
public import OpsModel
import Synchronization

/// Records onto a tape, off every other thread: nobody waits for it. What goes wrong is said once, and ends the recording; the console
/// does not need it.
public final class TapeRecorder: Sendable {
  /// What waits to be written at most: where a disk does not answer, the rest is dropped.
  static let waitingLimit = 4096
  /// Seconds after which it is looked again whether another console has left the tape.
  static let retryEvery = 30.0

  private struct Place {
    let path: String
    let settings: TapeSettings
    let label: SafeText
  }

  private struct State {
    var writer: TapeWriter?
    var lock: Int32 = -1
    var isBroken = false
    var isClosed = false
    /// Where another console records.
    var shared: Place?
  }

  private let queue = DispatchQueue(label: "opsconsole.tape", qos: .utility)
  private let state = Mutex(State())
  private let waiting = Atomic<Int>(0)
  private let clock: any OpsClock
  private let say: @Sendable (Notice) -> Void
  private let taken: @Sendable () -> Void

  /// - Parameters:
  ///   - taken: called where another console writes to the tape already; it is looked again from time to time.
  ///   - say: called once, with what went wrong; and for each note that could not be kept.
  public init(clock: any OpsClock, taken: @escaping @Sendable () -> Void = {}, say: @escaping @Sendable (Notice) -> Void) {
    self.clock = clock
    self.taken = taken
    self.say = say
  }

  /// Opens the tape behind everything else. A tape that another console writes to is left to it, until that ends.
  /// - Parameter label: what the beginning is told with: the environment, and who records.
  public func open(_ path: String, settings: TapeSettings, label: SafeText = "") {
    queue.async {
      // A lock lies beside the file itself, whatever name led there.
      let real = realpath(path, nil)
      defer { free(real) }
      self.begin(Place(path: real.map { String(cString: $0) } ?? path, settings: settings, label: label), isFirst: true)
    }
  }

  /// Never waits.
  public func post(_ input: TapeInput) {
    guard waiting.load(ordering: .relaxed) < Self.waitingLimit else { return }
    waiting.add(1, ordering: .relaxed)
    queue.async {
      self.waiting.subtract(1, ordering: .relaxed)
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

  private func begin(_ place: Place, isFirst: Bool) {
    if state.withLock({ $0.isClosed }) { return }
    do throws(TapeProblem) { try TapeFile.refuseOther(place.path) } catch { return fail(error) }
    let lock = Glibc.open(place.path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else {
      return fail(.file("\(SafeText(escaping: place.path)).lock: \(SafeText(escaping: String(cString: strerror(errno))))"))
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(lock)
      // Not a failure: what happens is recorded, by somebody else.
      state.withLock { $0.shared = place }
      queue.asyncAfter(deadline: .now() + Self.retryEvery) { self.begin(place, isFirst: false) }
      return isFirst ? taken() : ()
    }
    let old = umask(0o077)
    let now = clock.now()
    let problem = state.withLock { state -> TapeProblem? in
      state.shared = nil
      do {
        let writer = try TapeWriter(path: place.path, settings: place.settings, now: now.unix)
        try writer.take(.event(TapeEvent(at: now.unix, .begun, "recording began", detail: place.label)), at: now)
        state.writer = writer
        state.lock = lock
        return nil
      } catch {
        return TapeProblem(error)
      }
    }
    umask(old)
    guard let problem else { return }
    Glibc.close(lock)
    fail(problem)
  }

  private func work(_ body: (TapeWriter) throws -> Void) {
    let problem = state.withLock { state -> TapeProblem? in
      guard let writer = state.writer else { return nil }
      do {
        try body(writer)
        return nil
      } catch {
        // Others may have more luck.
        Self.leave(&state)
        return TapeProblem(error)
      }
    }
    if let problem { fail(problem) }
  }

  private static func leave(_ state: inout State) {
    state.writer = nil
    if state.lock >= 0 { Glibc.close(state.lock) }
    state.lock = -1
  }

  /// A note or an operation while another console records: a row of its own on the same tape.
  private func append(_ event: TapeEvent) {
    guard let place = state.withLock({ $0.shared }) else { return lose(event, "nothing is recorded") }
    do {
      var rows = TapeRows()
      rows.events = [event]
      try TapeFile.appending(place.path).write { try rows.write($0) }
    } catch {
      lose(event, TapeProblem(error).sentence)
    }
  }

  private func lose(_ event: TapeEvent, _ why: SafeText) {
    if event.kind == .note { say(Notice(.warning, "the note is shown and not kept: \(why)")) }
  }

  private func fail(_ problem: TapeProblem) {
    let isFirst = state.withLock { state in
      defer { state.isBroken = true }
      return !state.isBroken
    }
    if isFirst { say(Notice(.warning, "the tape is not recorded: \(problem.sentence)")) }
  }
}
