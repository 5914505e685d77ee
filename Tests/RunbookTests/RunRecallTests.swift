import Gate
import OpsModel
import Synchronization
import Testing

@testable import Runbooks

@Suite("What a later life knows of earlier ones, and what a cancel leaves undone")
struct RunRecallTests {
  private let scene = RunScene()

  /// As an operator gives a run up.
  private func giveUp(_ path: String) throws {
    let read = try #require(JournalReader.read(path))
    let fields: [String: RunValue] = ["state": .text("cancelled"), "message": .text("given up")]
    try Journal(path, after: read, clock: WallClock()).write(.cancel, fields: fields)
  }

  @Test("a run that is given up knows in its last steps what the earlier life had found out, also on a host")
  func told() async throws {
    let path = scene.path()
    let text = """
      steps:
        - {id: look, mode: read, cmd: {argv: [ls]}}
        - id: roll
          hosts: ${{ params.hosts }}
          strategy: {parallel: 1}
          per_host: [{id: healthy, mode: read, cmd: {argv: [ls]}}, {id: change, cmd: {argv: [touch, x]}}]
          per_host_finally: [{id: back, if: steps.healthy.state == 'ok', cmd: {argv: [touch, z]}}]
      finally:
        - {id: last, if: steps.look.outputs.status == 7, cmd: {argv: [touch, l]}}
      """
    let first = FakePorts { step, _ in step == "roll/a/change" ? .lost("no answer") : .done(["status": .int(7)]) }
    let (paused, _) = try await scene.live(text, first, journal: path)
    #expect(paused == .paused)
    try giveUp(path)
    let second = FakePorts()
    let (state, history) = try await scene.live(text, second, journal: path, isGivenUp: true)
    #expect(state == .cancelled)
    #expect(second.seen.withLock { $0 } == ["roll/a/back", "finally/last"])
    #expect(history.step("roll/a/back").state == .ok && history.step("finally/last").state == .ok)
  }

  @Test("after a cancel it is still looked whether what was cancelled has happened, and a last step may wait")
  func looks() async throws {
    let control = RunControl()
    let ports = FakePorts { step, _ in
      // The change is the first call; the look at it has the same path.
      guard step == "change", control.wish == .goOn else { return .done(["status": .int(0)]) }
      control.want(.cancel(reason: "wrong"))
      return .cancelled("stopped by the operator")
    }
    let text = """
      steps:
        - id: change
          cmd: {argv: [touch, x]}
          verify: {cmd: {argv: [ls]}, that: outputs.status == 0}
        - {id: not, cmd: {argv: [touch, y]}}
      finally:
        - {id: up, wait: {probe: {cmd: {argv: [ls]}}, until: outputs.status == 0, every: 0.1s, timeout: 60s}}
      """
    let (state, history) = try await scene.live(text, ports, journal: scene.path(), control: control)
    #expect(state == .cancelled)
    #expect(history.step("change").state == .ok && history.step("finally/up").state == .ok)
    #expect(history.step("not").state == .pending)
  }

  @Test("where a run is given up, a last step in doubt stays so and keeps no other from being done")
  func doubtful() async throws {
    let path = scene.path()
    let text = """
      steps: [{id: change, cmd: {argv: [touch, x]}}]
      finally: [{id: one, cmd: {argv: [touch, y]}}, {id: two, cmd: {argv: [touch, z]}}]
      """
    let (paused, _) = try await scene.live(
      text, FakePorts { step, _ in step == "finally/one" ? .lost("no answer") : .done([:]) }, journal: path)
    #expect(paused == .paused)
    try giveUp(path)
    let second = FakePorts()
    let (state, history) = try await scene.live(text, second, journal: path, isGivenUp: true)
    #expect(state == .cancelled)
    #expect(second.seen.withLock { $0 } == ["finally/two"])
    #expect(history.step("finally/one").state == .unknown)
  }

  @Test("a runbook that was called and cut off does what it always does when the run is given up")
  func called() async throws {
    let path = scene.path()
    let hash = String(repeating: "a", count: 64)
    let inner = try RunbookReader.read(
      RunScene.head.replacing("id: r\n", with: "id: inner\n") + """
        steps: [{id: change, cmd: {argv: [touch, x]}}]
        finally: [{id: back, cmd: {argv: [touch, "${{ run.id }}"]}}]
        """, file: "inner.yaml")
    let text = "steps: [{id: sub, runbook: {id: \(inner.id), hash: \(hash)}}]\nfinally: [{id: last, cmd: {argv: [touch, z]}}]\n"
    let first = FakePorts { step, _ in step == "sub/change" ? .lost("no answer") : .done([:]) }
    let (paused, _) = try await scene.live(text, first, journal: path, books: [hash: inner])
    #expect(paused == .paused)
    try giveUp(path)
    let second = FakePorts()
    let (state, history) = try await scene.live(text, second, journal: path, books: [hash: inner], isGivenUp: true)
    #expect(state == .cancelled)
    #expect(second.seen.withLock { $0 } == ["sub/finally/back", "finally/last"])
    #expect(history.step("sub").state == .cancelled)
  }

  @Test("a cancel within a runbook that was called is followed by what that one always does", arguments: ["change", "on_failure/undo"])
  func cancelledWithin(step: String) async throws {
    let control = RunControl()
    let hash = String(repeating: "a", count: 64)
    let inner = try RunbookReader.read(
      RunScene.head.replacing("id: r\n", with: "id: inner\n") + """
        steps: [{id: change, cmd: {argv: [touch, x]}}, {id: more, cmd: {argv: [touch, y]}}]
        on_failure: [{id: undo, cmd: {argv: [touch, u]}}, {id: more_undo, cmd: {argv: [touch, v]}}]
        finally: [{id: back, cmd: {argv: [touch, z]}}]
        """, file: "inner.yaml")
    let ports = FakePorts { path, _ in
      if path == "sub/\(step)" { control.want(.cancel(reason: "wrong")) }
      return path == "sub/change" && step != "change" ? .refused("no", nil) : .done([:])
    }
    let text = "steps: [{id: sub, runbook: {id: inner, hash: \(hash)}}, {id: not, cmd: {argv: [touch, z]}}]\n"
    let (state, history) = try await scene.live(text, ports, journal: scene.path(), control: control, books: [hash: inner])
    #expect(state == .cancelled && history.step("sub").state == .cancelled)
    #expect(ports.seen.withLock { $0.last } == "sub/finally/back" && history.open.isEmpty)
  }

  @Test("a last step over hosts is done on all of them, in whatever batches, after a cancel")
  func batches() async throws {
    let control = RunControl()
    let ports = FakePorts { step, _ in
      if step == "change" { control.want(.cancel(reason: "wrong")) }
      return .done([:])
    }
    let text = """
      steps: [{id: change, cmd: {argv: [touch, x]}}]
      finally:
        - {id: back, hosts: "${{ params.hosts }}", strategy: {parallel: 1, batches: [1, 1, 1]}, ssh: {script: "true"}}
      """
    let (_, history) = try await scene.live(text, ports, journal: scene.path(), control: control)
    #expect(["a", "b", "c"].allSatisfy { (host: String) in history.step("finally/back/\(host)").state == .ok })
  }

  @Test("of several hosts at once only one looks at what must hold before the first change")
  func once() async throws {
    let ports = FakePorts { _, _ in .done(["status": .int(0)]) }
    let text = """
      preconditions: [{id: there, cmd: {argv: [ls]}, that: outputs.status == 0}]
      steps:
        - {id: roll, hosts: "${{ params.hosts }}", strategy: {parallel: 3}, ssh: {script: "true"}}
      """
    let (state, _) = try await scene.live(text, ports, journal: scene.path())
    #expect(state == .succeeded)
    #expect(
      ports.seen.withLock { seen in seen.count { $0.hasPrefix("preconditions/") } } == 2,
      "once when it begins, once before the first change")
  }

  @Test("what is known not to have been sent is in no doubt when the run is paused before the next attempt")
  func unsent() async throws {
    let path = scene.path()
    let control = RunControl()
    let text = "steps: [{id: change, retry: {max: 3, delay: 5s, on: [not_sent]}, cmd: {argv: [touch, x]}}]\n"
    let first = FakePorts { _, _ in
      control.want(.pause(reason: "nobody has looked"))
      return .notSent("connection refused")
    }
    let (paused, history) = try await scene.live(text, first, journal: path, control: control)
    #expect(paused == .paused && history.open.isEmpty && history.step("change").state == .pending)
    let (state, after) = try await scene.live(text, FakePorts(), journal: path)
    #expect(state == .succeeded && after.step("change").state == .ok)
  }
}
