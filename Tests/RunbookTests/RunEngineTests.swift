import Foundation
import Gate
import Glibc
import OpsModel
import StrictYAML
import Synchronization
import Testing

@testable import Runbooks

struct WallClock: OpsClock {
  func now() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(steady: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9, unix: 1_795_000_000)
  }
}

/// Servers and programs that do what the test says, and remember what was done to them.
final class FakePorts: StepPorts {
  let seen = Mutex<[String]>([])
  /// An operator has cancelled: only what is always done is still begun.
  let isCancelled = Mutex(false)
  /// After so many calls the lock is somebody else's.
  let callsWithLock = Mutex(Int.max)
  let script: @Sendable (String, Int) -> AttemptEnd
  /// Items that are still to be moved, and those that were, each as often as it was.
  let items = Mutex<(left: Set<String>, moved: [String: Int])>(([], [:]))

  init(_ script: @escaping @Sendable (String, Int) -> AttemptEnd = { _, _ in .done([:]) }) { self.script = script }

  func perform(_ action: ResolvedAction, _ context: StepContext) async -> AttemptEnd {
    if !context.isFinal, isCancelled.withLock({ $0 }) { return .notSent("stopped by the operator before it was begun") }
    seen.withLock { $0.append(context.step) }
    let end = script(context.step, context.attempt)
    if case .cancelled = end { isCancelled.withLock { $0 = true } }
    return end
  }

  func move(
    _ action: ResolvedQueue, _ context: StepContext, frozen: [String]?, batch: @escaping @Sendable (BatchNote) async -> Bool
  ) async -> AttemptEnd {
    var moved = 0
    var rest = (frozen ?? [])[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(10))
      rest = rest.dropFirst(10)
      guard await batch(.intends(items: some.map { .text($0) })) else { return .lost("it was ended") }
      // Compare and move: what is not there any more is left alone.
      items.withLock { items in
        for id in some where items.left.remove(id) != nil {
          items.moved[id, default: 0] += 1
          moved += 1
        }
      }
      guard await batch(.did(["moved": .int(moved)])) else { return .lost("it was ended") }
    }
    return .done(["moved": .int(moved)])
  }

  func knows(_ action: ResolvedAction, _ context: StepContext) async -> Bool? { nil }
  func approvals(_ step: String, _ wanted: StepAction.Approval) async -> [Approver] { [] }
  func lostLock() async -> SafeText? {
    seen.withLock { $0.count } >= callsWithLock.withLock { $0 } ? "it is somebody else's now" : nil
  }
  func cancel() async {}
}

/// Calls of which all fail from the n-th write on, as after a power loss.
private final class DyingCalls: FileCalls {
  private let real = SystemFileCalls()
  private let left: Mutex<Int>

  init(after writes: Int) { left = Mutex(writes) }

  func open(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32 { real.open(path, flags, mode) }

  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    let isDead = left.withLock { left in
      left -= 1
      return left < 0
    }
    return isDead ? -Int(EIO) : real.write(file, bytes)
  }

  func sync(_ file: Int32) -> Int32 { real.sync(file) }
  func makeFolder(_ path: String) -> Int32 { real.makeFolder(path) }
  func close(_ file: Int32) { real.close(file) }
}

@Suite("A run: step by step, written down, stopped and taken up again")
struct RunEngineTests {
  static let head = """
    apiVersion: runbook/v1
    id: r
    title: t
    owner: o
    risk: low
    environments: [staging]
    params: {hosts: {type: hosts, default: [a, b, c]}, n: {type: int, default: 3}}

    """

  func path() -> String { NSTemporaryDirectory() + "opsc-run-\(UUID().uuidString).jsonl" }

  /// One life of a run.
  func live(
    _ text: String, _ ports: FakePorts, journal path: String, control: RunControl = RunControl(), frozen: [String: [String]] = [:],
    books: [String: Runbook] = [:], isGivenUp: Bool = false,
    calls: any FileCalls = SystemFileCalls()
  ) async throws -> (RunHistory.RunState, RunHistory) {
    let runbook = try RunbookReader.read(Self.head + text, file: "r.yaml")
    let read = JournalReader.read(path)
    let journal: Journal
    if let read {
      journal = try Journal(path, after: read, clock: WallClock(), calls: calls)
    } else {
      journal = try Journal(new: path, clock: WallClock(), calls: calls)
      try journal.write(.runStart)
    }
    let parameters = try ParameterBinding.bind([:], to: runbook.parameters)
    let engine = RunEngine(
      runbook, id: RunID(now: 1), parameters: parameters, run: ["id": .text("x")], frozen: frozen, books: books,
      journal: journal, history: RunHistory(read?.records ?? []), isGivenUp: isGivenUp, ports: ports, control: control, clock: WallClock(),
      tell: { _ in })
    let state = await engine.go()
    let after = try #require(JournalReader.read(path))
    #expect(after.brokenAt == nil)
    return (state, RunHistory(after.records))
  }

  @Test("steps are done in their order, with the outputs of those before")
  func order() async throws {
    let ports = FakePorts { step, _ in .done(["status": .int(step == "look" ? 7 : 0), "stdout": .text("x")]) }
    let (state, history) = try await live(
      """
      steps:
        - {id: look, mode: read, cmd: {argv: [ls]}}
        - {id: skip, if: steps.look.outputs.status == 8, cmd: {argv: [ls]}}
        - {id: still, assert: {that: steps.look.outputs.status + params.n == 10}}
        - {id: go, cmd: {argv: [touch, "${{ steps.look.outputs.stdout }}"]}}
      """, ports, journal: path())
    #expect(state == .succeeded && history.state == .succeeded)
    #expect(ports.seen.withLock { $0 } == ["look", "go"])
    #expect(history.step("skip").state == .skipped && history.step("still").state == .ok)
  }

  @Test("a failure ends the steps, on_failure is done once, finally always")
  func failure() async throws {
    let ports = FakePorts { step, _ in step == "bad" ? .refused("no", .exit(1)) : .done([:]) }
    let (state, history) = try await live(
      """
      steps:
        - {id: soft, continue_on_error: true, assert: {that: 1 == 2}}
        - {id: bad, cmd: {argv: [ls]}}
        - {id: never, cmd: {argv: [ls]}}
      on_failure:
        - {id: told, cmd: {argv: [ls]}}
      finally:
        - {id: one, cmd: {argv: [ls]}}
        - {id: two, assert: {that: 1 == 2}}
        - {id: three, cmd: {argv: [ls]}}
      """, ports, journal: path())
    #expect(state == .failed && history.state == .failed)
    #expect(ports.seen.withLock { $0 } == ["bad", "on_failure/told", "finally/one", "finally/three"])
  }

  @Test("a change whose answer did not come stops the run, and nothing of it is done twice")
  func doubt() async throws {
    let text = """
      steps:
        - {id: first, cmd: {argv: [ls]}}
        - {id: sent, cmd: {argv: [touch, x]}}
        - {id: after, cmd: {argv: [ls]}}
      finally:
        - {id: last, cmd: {argv: [ls]}}
      """
    let place = path()
    let ports = FakePorts { step, _ in step == "sent" ? .lost("the connection broke") : .done([:]) }
    let (state, history) = try await live(text, ports, journal: place)
    #expect(state == .paused && history.step("sent").state == .unknown && history.open == ["sent"])
    // Taken up without a decision it asks again and does nothing.
    let (again, _) = try await live(text, ports, journal: place)
    #expect(again == .paused)
    #expect(ports.seen.withLock { $0 } == ["first", "sent"])
    // A person has looked: it has happened.
    let read = try #require(JournalReader.read(place))
    try Journal(place, after: read, clock: WallClock()).write(
      .decision, step: "sent", fields: ["state": .text("ok"), "reason": .text("the file is there"), "by": .text("oncall")])
    let (end, _) = try await live(text, ports, journal: place)
    #expect(end == .succeeded)
    #expect(ports.seen.withLock { $0 } == ["first", "sent", "after", "finally/last"])
  }

  @Test("a step that says how to find out is asked after")
  func verified() async throws {
    for (status, wanted) in [(0, RunHistory.StepState.ok), (1, .failed)] {
      let ports = FakePorts { step, attempt in
        step == "sent" && attempt == 1 ? .done(["status": .int(status)]) : .done([:])
      }
      let sent = Mutex(0)
      let picky = FakePorts { step, _ in
        let count = sent.withLock { count in
          count += 1
          return count
        }
        return count == 1 ? .timedOut("no answer in 60 s") : ports.script(step, 1)
      }
      let (_, history) = try await live(
        """
        steps:
          - {id: sent, cmd: {argv: [touch, x]}, verify: {cmd: {argv: [ls, x]}, that: outputs.status == 0}}
        """, picky, journal: path())
      #expect(history.step("sent").state == wanted)
    }
  }

  @Test("an operator's cancel is seen between two steps, and finally is done")
  func cancelled() async throws {
    let control = RunControl()
    let ports = FakePorts { step, _ in
      if step == "one" { control.want(.cancel(reason: "wrong host")) }
      return .done([:])
    }
    let (state, history) = try await live(
      """
      steps:
        - {id: one, cmd: {argv: [ls]}}
        - {id: two, cmd: {argv: [ls]}}
      finally:
        - {id: last, cmd: {argv: [ls]}}
      """, ports, journal: path(), control: control)
    #expect(state == .cancelled && history.state == .cancelled)
    #expect(ports.seen.withLock { $0 } == ["one", "finally/last"])
  }

  @Test("on many hosts: batches, a limit of failures, steps of one host know nothing of another's, finally for each that was begun")
  func hosts() async throws {
    let ports = FakePorts { step, _ in step == "roll/b/restart" ? .refused("no", .exit(1)) : .done(["status": .int(0)]) }
    let (state, history) = try await live(
      """
      steps:
        - id: roll
          hosts: ${{ params.hosts }}
          strategy: {batches: [1, 1, 1], max_failures: 0}
          per_host:
            - {id: restart, cmd: {argv: [restart, "${{ host.name }}"]}}
            - {id: check, if: steps.restart.state == 'ok', mode: read, cmd: {argv: [ls]}}
          per_host_finally:
            - {id: back, cmd: {argv: [back, "${{ host.name }}"]}}
      """, ports, journal: path())
    #expect(state == .failed)
    #expect(
      ports.seen.withLock { $0 } == ["roll/a/restart", "roll/a/check", "roll/a/back", "roll/b/restart", "roll/b/back"])
    #expect(history.step("roll").outputs["failed"] == .list([.text("b")]))
  }

  @Test("killed at every write of its journal and taken up again, two hundred items are moved once and none is lost")
  func crashes() async throws {
    let text = """
      steps:
        - {id: look, mode: read, cmd: {argv: [ls]}}
        - {id: move, queue: {action: retry, conn: b, select: {max: 200}}}
        - {id: after, mode: read, cmd: {argv: [ls]}}
      """
    let ids = (0..<200).map { "job-\($0)" }
    var lives = 0
    for writes in 1...60 {
      let place = path()
      let ports = FakePorts()
      ports.items.withLock { $0.left = Set(ids) }
      var state = RunHistory.RunState.paused
      do {
        state = try await live(text, ports, journal: place, frozen: ["move": ids], calls: DyingCalls(after: writes)).0
      } catch is JournalFailure {}
      lives += 1
      if JournalReader.read(place) != nil, state != .succeeded {
        state = try await live(text, ports, journal: place, frozen: ["move": ids]).0
        lives += 1
      }
      guard state == .succeeded else {
        Issue.record("after \(writes) writes it ends as \(state)")
        continue
      }
      let (left, moved) = ports.items.withLock { ($0.left, $0.moved) }
      #expect(left.isEmpty && moved.count == 200 && moved.values.allSatisfy { $0 == 1 }, "after \(writes) writes")
    }
    #expect(lives > 90, "most of them died once")
  }

  @Test("a wait ends when it has been so for long enough, and fails with what it saw last")
  func waits() async throws {
    let count = Mutex(0)
    let ports = FakePorts { _, _ in
      let now = count.withLock { count in
        count += 1
        return count
      }
      return now == 3 ? .lost("no answer") : .done(["status": .int(now >= 2 ? 200 : 503)])
    }
    let text = """
      steps:
        - {id: up, wait: {probe: {http: {conn: a, method: GET, path: /}}, until: outputs.status == 200, every: 0.1s, hold: 0.3s, timeout: LIMIT}}
      """
    let (state, history) = try await live(text.replacingOccurrences(of: "LIMIT", with: "5s"), ports, journal: path())
    #expect(state == .succeeded && history.step("up").outputs["status"] == .int(200))
    #expect(count.withLock { $0 } >= 6, "what was so before the break does not count")
    let down = FakePorts { _, _ in .done(["status": .int(503)]) }
    let (failed, told) = try await live(text.replacingOccurrences(of: "LIMIT", with: "0.5s"), down, journal: path())
    #expect(failed == .failed && told.step("up").state == .timedOut)
    #expect(told.step("up").message.contains("it was not so"))
  }
}
