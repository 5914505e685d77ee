import Foundation
import Gate
import OpsModel
import Synchronization
import TestKit
import Testing

@testable import Runbooks

@Suite("A run: step by step, written down, stopped and taken up again")
struct RunEngineTests {
  private let scene = RunScene()

  @Test("steps are done in their order, with the outputs of those before")
  func order() async throws {
    let ports = FakePorts { step, _ in .done(["status": .int(step == "look" ? 7 : 0), "stdout": .text("x")]) }
    let (state, history) = try await scene.live(
      """
      steps:
        - {id: look, mode: read, cmd: {argv: [ls]}}
        - {id: skip, if: steps.look.outputs.status == 8, cmd: {argv: [ls]}}
        - {id: still, assert: {that: steps.look.outputs.status + params.n == 10}}
        - {id: go, cmd: {argv: [touch, "${{ steps.look.outputs.stdout }}"]}}
      """, ports, journal: scene.path())
    #expect(state == .succeeded && history.state == .succeeded)
    #expect(ports.seen.withLock { $0 } == ["look", "go"])
    #expect(history.step("skip").state == .skipped && history.step("still").state == .ok)
  }

  @Test("a failure ends the steps, on_failure is done once, finally always")
  func failure() async throws {
    let ports = FakePorts { step, _ in step == "bad" ? .refused("no", .exit(1)) : .done([:]) }
    let (state, history) = try await scene.live(
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
      """, ports, journal: scene.path())
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
    let place = scene.path()
    let ports = FakePorts { step, _ in step == "sent" ? .lost("the connection broke") : .done([:]) }
    let (state, history) = try await scene.live(text, ports, journal: place)
    #expect(state == .paused && history.step("sent").state == .unknown && history.open == ["sent"])
    // Taken up without a decision it asks again and does nothing.
    let (again, _) = try await scene.live(text, ports, journal: place)
    #expect(again == .paused)
    #expect(ports.seen.withLock { $0 } == ["first", "sent"])
    // A person has looked: it has happened.
    let read = try #require(JournalReader.read(place))
    try Journal(place, after: read, clock: WallClock()).write(
      .decision, step: "sent", fields: ["state": .text("ok"), "reason": .text("the file is there"), "by": .text("oncall")])
    let (end, _) = try await scene.live(text, ports, journal: place)
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
        return count == 1 ? .timedOut("no answer in 60 s") : await ports.script(step, 1)
      }
      let (_, history) = try await scene.live(
        """
        steps:
          - {id: sent, cmd: {argv: [touch, x]}, verify: {cmd: {argv: [ls, x]}, that: outputs.status == 0}}
        """, picky, journal: scene.path())
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
    let (state, history) = try await scene.live(
      """
      steps:
        - {id: one, cmd: {argv: [ls]}}
        - {id: two, cmd: {argv: [ls]}}
      finally:
        - {id: last, cmd: {argv: [ls]}}
      """, ports, journal: scene.path(), control: control)
    #expect(state == .cancelled && history.state == .cancelled)
    #expect(ports.seen.withLock { $0 } == ["one", "finally/last"])
  }

  @Test("on many hosts: batches, a limit of failures, steps of one host know nothing of another's, finally for each that was begun")
  func hosts() async throws {
    let ports = FakePorts { step, _ in step == "roll/b/restart" ? .refused("no", .exit(1)) : .done(["status": .int(0)]) }
    let (state, history) = try await scene.live(
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
      """, ports, journal: scene.path())
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
    var random = Seeded("kills of a run")
    let kills = (1...60).shuffled(using: &random).prefix(Amount.isSoak ? 60 : 12)
    for writes in kills {
      let place = scene.path()
      let ports = FakePorts()
      ports.items.withLock { $0.left = Set(ids) }
      var state = RunHistory.RunState.paused
      do {
        state = try await scene.live(text, ports, journal: place, frozen: ["move": ids], calls: DyingCalls(after: writes)).0
      } catch is JournalFailure {}
      lives += 1
      if JournalReader.read(place) != nil, state != .succeeded {
        state = try await scene.live(text, ports, journal: place, frozen: ["move": ids]).0
        lives += 1
      }
      guard state == .succeeded else {
        Issue.record("after \(writes) writes it ends as \(state)")
        continue
      }
      let (left, moved) = ports.items.withLock { ($0.left, $0.moved) }
      #expect(left.isEmpty && moved.count == 200 && moved.values.allSatisfy { $0 == 1 }, "after \(writes) writes")
    }
    #expect(lives * 2 > kills.count * 3, "most of them died once")
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
    let (state, history) = try await scene.live(text.replacingOccurrences(of: "LIMIT", with: "60s"), ports, journal: scene.path())
    #expect(state == .succeeded && history.step("up").outputs["status"] == .int(200))
    #expect(count.withLock { $0 } >= 6, "what was so before the break does not count")
    let down = FakePorts { _, _ in .done(["status": .int(503)]) }
    let (failed, told) = try await scene.live(text.replacingOccurrences(of: "LIMIT", with: "0.5s"), down, journal: scene.path())
    #expect(failed == .failed && told.step("up").state == .timedOut)
    #expect(told.step("up").message.contains("it was not so"))
  }
}
