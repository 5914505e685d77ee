import Gate
import OpsModel
import Synchronization
import Testing

@testable import Runbooks

@Suite("How a run ends: cancelled, in doubt, without its lock, given up")
struct RunEndTests {
  private let scene = RunScene()

  @Test("a change is not tried again with a lock that was lost in the pause")
  func lost() async throws {
    let ports = FakePorts { _, _ in .notSent("no answer") }
    let text = """
      steps:
        - {id: change, idempotent: true, retry: {max: 5, delay: 0.4s, on: [not_sent]}, cmd: {argv: [touch, x]}}
      """
    ports.callsWithLock.withLock { $0 = 1 }
    let (state, _) = try await scene.live(text, ports, journal: scene.path())
    #expect(state == .paused)
    #expect(ports.seen.withLock { $0.count } == 1)
  }

  @Test("what is done at the end may ask whether a step was come to, and a sentence about one that was not says how")
  func neverBegan() async throws {
    let text = """
      steps:
        - {id: bad, cmd: {argv: [touch, x]}}
        - {id: rest, cmd: {argv: [touch, y]}}
      finally:
        - {id: told, if: steps.rest.state == 'ok', note: "moved ${{ steps.rest.outputs.status }}"}
        - {id: other, if: steps.rest.state != 'ok', note: "rest is ${{ steps.rest.state }}"}
        - {id: blind, note: "moved ${{ steps.rest.outputs.status }}"}
      """
    let ports = FakePorts { step, _ in step == "bad" ? .refused("no", nil) : .done(["status": .int(0)]) }
    let (state, history) = try await scene.live(text, ports, journal: scene.path())
    #expect(state == .failed)
    #expect(history.step("finally/told").state == .skipped && history.step("finally/other").state == .ok)
    #expect(history.step("finally/blind").state == .failed)
    #expect(history.step("finally/blind").message.contains("if: steps.rest.state == 'ok'"))
    let (whole, after) = try await scene.live(text, FakePorts { _, _ in .done(["status": .int(0)]) }, journal: scene.path())
    #expect(whole == .succeeded && after.step("finally/told").state == .ok && after.step("finally/other").state == .skipped)
  }

  @Test("where a cancel leaves one host in doubt, the run asks about it and is not over", .timeLimit(.minutes(1)), arguments: [0, 1])
  func doubt(first: Int) async throws {
    let control = RunControl()
    let hosts = ["a", "b"]
    let (quick, slow) = (hosts[first], hosts[1 - first])
    let isUnderWay = Mutex(false)
    let ports = FakePorts { step, _ in
      if step == "roll/\(quick)/one" {
        while !isUnderWay.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
        control.want(.cancel(reason: "wrong hosts"))
      }
      guard step == "roll/\(slow)/one" else { return .done([:]) }
      isUnderWay.withLock { $0 = true }
      while control.wish == .goOn { try? await Task.sleep(for: .milliseconds(1)) }
      return .cancelled("stopped by the operator")
    }
    let text = """
      steps:
        - id: roll
          hosts: ${{ params.hosts }}
          strategy: {parallel: 3}
          per_host: [{id: one, cmd: {argv: [touch, x]}}, {id: two, cmd: {argv: [touch, y]}}]
      """
    let (state, history) = try await scene.live(text, ports, journal: scene.path(), control: control)
    #expect(state == .paused)
    #expect(history.step("roll/\(slow)/one").state == .unknown)
    #expect(history.open == ["roll/\(slow)/one"])
  }

  @Test("what is always done on a host is done to its end, whatever an operator wants")
  func final() async throws {
    let control = RunControl()
    let ports = FakePorts { step, attempt in
      if step == "roll/a/change" { control.want(.cancel(reason: "wrong host")) }
      return .done(["status": .int(200)])
    }
    let text = """
      steps:
        - id: roll
          hosts: ${{ params.hosts }}
          per_host: [{id: change, cmd: {argv: [touch, x]}}, {id: not, cmd: {argv: [touch, y]}}]
          per_host_finally:
            - {id: up, wait: {probe: {http: {conn: a, method: GET, path: /}}, until: outputs.status == 200, every: 0.1s, hold: 0.3s, timeout: 60s}}
            - {id: back, cmd: {argv: [touch, z]}}
      """
    let (state, history) = try await scene.live(text, ports, journal: scene.path(), control: control)
    #expect(state == .cancelled)
    #expect(history.step("roll/a/up").state == .ok && history.step("roll/a/back").state == .ok)
    #expect(ports.seen.withLock { !$0.contains("roll/a/not") })
  }

  @Test("a run that is given up owes what is always done to the hosts that an earlier life had begun")
  func owed() async throws {
    let path = scene.path()
    let text = """
      steps:
        - id: roll
          hosts: ${{ params.hosts }}
          strategy: {parallel: 1}
          per_host: [{id: change, cmd: {argv: [touch, x]}}]
          per_host_finally: [{id: back, cmd: {argv: [touch, z]}}]
      finally:
        - {id: last, cmd: {argv: [touch, l]}}
      """
    let first = FakePorts { step, _ in step == "roll/a/change" ? .lost("no answer") : .done([:]) }
    let (paused, _) = try await scene.live(text, first, journal: path)
    #expect(paused == .paused)
    #expect(first.seen.withLock { $0 } == ["roll/a/change"])
    let read = try #require(JournalReader.read(path))
    let fields: [String: RunValue] = ["state": .text("cancelled"), "message": .text("given up")]
    try Journal(path, after: read, clock: WallClock()).write(.cancel, fields: fields)
    let second = FakePorts()
    let (state, _) = try await scene.live(text, second, journal: path)
    #expect(state == .cancelled)
    #expect(second.seen.withLock { $0 } == ["roll/a/back", "finally/last"])
  }

  @Test("a run that is taken up and comes to its end does it once on each host")
  func once() async throws {
    let path = scene.path()
    let text = """
      steps:
        - id: roll
          hosts: ${{ params.hosts }}
          strategy: {parallel: 1}
          per_host: [{id: change, cmd: {argv: [touch, x]}}]
          per_host_finally: [{id: back, cmd: {argv: [touch, z]}}]
      """
    let first = FakePorts { step, _ in step == "roll/b/change" ? .lost("no answer") : .done([:]) }
    let (paused, _) = try await scene.live(text, first, journal: path)
    #expect(paused == .paused)
    let read = try #require(JournalReader.read(path))
    let fields: [String: RunValue] = ["state": .text("ok"), "message": .text("looked")]
    try Journal(path, after: read, clock: WallClock()).write(.decision, step: "roll/b/change", fields: fields)
    let second = FakePorts()
    let (state, _) = try await scene.live(text, second, journal: path)
    #expect(state == .succeeded)
    #expect(first.seen.withLock { $0 } == ["roll/a/change", "roll/a/back", "roll/b/change"])
    #expect(second.seen.withLock { $0 } == ["roll/b/back", "roll/c/change", "roll/c/back"])
  }
}
