import Gate
import OpsModel
import Synchronization
import Testing

@testable import Runbooks

@Suite("What a run has left, and a run that does it")
struct RunRemainderTests {
  private let scene = RunScene()
  private let text = """
    steps:
      - {id: look, mode: read, cmd: {argv: [ls]}}
      - {id: first, cmd: {argv: [touch, x]}}
      - {id: each, hosts: "${{ params.hosts }}", cmd: {argv: [touch, "${{ host.name }}"]}}
      - {id: after, cmd: {argv: [touch, y]}}
    finally:
      - {id: last, cmd: {argv: [touch, z]}}
    """

  private func runbook(_ text: String) throws -> Runbook { try RunbookReader.read(RunScene.head + text, file: "r.yaml") }

  private func remainder(
    _ text: String, _ history: RunHistory, books: [String: Runbook] = [:], decided: [String: RunHistory.StepState] = [:]
  ) throws -> RunRemainder {
    let runbook = try runbook(text)
    let parameters = try ParameterBinding.bind([:], to: runbook.parameters)
    return RunRemainder(runbook, books: books, history: history, parameters: parameters, decided: decided)
  }

  @Test("hosts that failed and never began, and the steps behind them; looks and what is always done are no part of it")
  func hosts() async throws {
    let ports = FakePorts { step, _ in step == "each/b" ? .refused("broken", .exit(3)) : .done([:]) }
    let (_, history) = try await scene.live(text, ports, journal: scene.path())
    let left = try remainder(text, history)
    #expect(left.done == ["first", "each/a"] && left.left == ["each", "after"] && left.doubtful.isEmpty)
    #expect(left.hosts["each"] == .init(done: ["a"], failed: ["b"], never: ["c"]))
    #expect(left.words == "each: b failed; c never began, after")
  }

  @Test("a run that does the rest does nothing twice, and its later steps know what the first one found out")
  func rest() async throws {
    let text = text.replacing("  - {id: after,", with: "  - {id: known, assert: {that: steps.first.outputs.status == 7}}\n  - {id: after,")
    let ports = FakePorts { step, _ in step == "each/b" ? .refused("broken", .exit(3)) : .done(["status": .int(7)]) }
    let (_, before) = try await scene.live(text, ports, journal: scene.path())
    let left = try remainder(text, before)
    let path = scene.path()
    let journal = try Journal(new: path, clock: WallClock())
    try journal.write(.runStart)
    for step in left.done {
      let fields: [String: RunValue] = ["state": .text("ok"), "outputs": .map(before.step(step).outputs), "run": .text("01")]
      try journal.write(.stepOutcome, step: step, fields: fields)
    }
    let second = FakePorts()
    let (state, after) = try await scene.live(text, second, journal: path)
    #expect(state == .succeeded)
    #expect(second.seen.withLock { $0 } == ["look", "each/b", "each/c", "after", "finally/last"])
    #expect(try remainder(text, after).isEmpty)
  }

  @Test("a host with several steps is done when all of them are, and begins with its first one otherwise")
  func several() async throws {
    let text = """
      steps:
        - id: roll
          hosts: "${{ params.hosts }}"
          strategy: {max_failures: 3}
          per_host: [{id: out, cmd: {argv: [touch, x]}}, {id: restart, cmd: {argv: [touch, y]}}]
          per_host_finally: [{id: back, cmd: {argv: [touch, z]}}]
      """
    let ports = FakePorts { step, _ in step == "roll/b/restart" ? .refused("no", nil) : .done([:]) }
    let (state, history) = try await scene.live(text, ports, journal: scene.path())
    #expect(state == .succeeded, "failures that are put up with fail no run")
    let left = try remainder(text, history)
    #expect(left.done == ["roll/a", "roll/c"] && left.hosts["roll"]?.failed == ["b"])
  }

  @Test("a cancelled run: what it had not come to is left, also of a step that never began")
  func cancelled() async throws {
    let control = RunControl()
    let ports = FakePorts { step, _ in
      if step == "each/a" { control.want(.cancel(reason: "wrong")) }
      return .done([:])
    }
    let (state, history) = try await scene.live(text, ports, journal: scene.path(), control: control)
    #expect(state == .cancelled)
    #expect(try remainder(text, history).words == "each: b, c never began, after")
  }

  @Test("a change in doubt has to be decided about, and a decision that it happened keeps it from being done again")
  func doubt() async throws {
    let ports = FakePorts { step, _ in step == "each/b" ? .lost("no answer") : .done([:]) }
    let (_, history) = try await scene.live(text, ports, journal: scene.path())
    #expect(try remainder(text, history).doubtful == ["each/b"])
    let done = try remainder(text, history, decided: ["each/b": .ok])
    #expect(done.doubtful.isEmpty && done.done == ["first", "each/a", "each/b"])
    #expect(try remainder(text, history, decided: ["each/b": .pending]).doubtful.isEmpty)
  }

  @Test("a step that may fail is settled, a skipped one is done, and a run that succeeded has nothing left")
  func settled() async throws {
    let text = """
      steps:
        - {id: soft, continue_on_error: true, cmd: {argv: [touch, x]}}
        - {id: not, if: params.n == 4, cmd: {argv: [touch, y]}}
        - {id: nobody, if: params.n == 4, hosts: "${{ params.hosts }}", ssh: {script: x}}
        - {id: bad, cmd: {argv: [touch, z]}}
      """
    let ports = FakePorts { step, _ in step == "soft" || step == "bad" ? .refused("no", nil) : .done([:]) }
    let (_, history) = try await scene.live(text, ports, journal: scene.path())
    let left = try remainder(text, history)
    #expect(left.done == ["soft", "not", "nobody"] && left.left == ["bad"])
    let (_, whole) = try await scene.live(self.text, FakePorts(), journal: scene.path())
    #expect(try remainder(self.text, whole).isEmpty)
  }

  @Test("of hosts that nobody can name any more those that were begun are known, and the step is left")
  func unknownHosts() async throws {
    let text = """
      steps:
        - {id: find, mode: read, cmd: {argv: [ls]}, outputs: {hosts: {from: json, type: list}}}
        - id: each
          hosts: "${{ steps.find.outputs.hosts }}"
          strategy: {batches: [1], gate: [{cmd: {argv: [ls]}, that: outputs.status == 7}]}
          cmd: {argv: [touch, "${{ host.name }}"]}
      """
    let hosts = RunValue.list([.text("a"), .text("b")])
    let ports = FakePorts { step, _ in .done(step == "find" ? ["json": hosts] : ["status": .int(0)]) }
    let (state, history) = try await scene.live(text, ports, journal: scene.path())
    #expect(state == .failed && history.step("each/a").state == .ok && history.step("each/b").state == .pending)
    let left = try remainder(text, history)
    #expect(left.hosts["each"] == .init(done: ["a"], failed: [], never: ["b"]))
    // Without what the first step told, as after a journal that kept no such long answer.
    let records = [("each/a", "ok"), ("each", "failed")].map { step, state in
      JournalRecord(kind: .stepOutcome, sequence: 1, at: 1, step: step, fields: ["state": .text(state)])
    }
    let blind = try remainder(text, RunHistory(records))
    #expect(blind.left == ["each"] && blind.done == ["each/a"])
  }

  private static let canary = """
    steps:
      - {id: canary, cmd: {argv: [touch, x]}}
      - id: done
        wait: {probe: {cmd: {argv: [ls, "${{ steps.canary.outputs.status }}"]}}, until: outputs.status == 0, timeout: 5s}
      - {id: check, assert: {that: steps.done.outputs.status == 7}}
      - {id: rest, cmd: {argv: [touch, y]}}
    """

  @Test("a check of what was done meets the same again in the rest, and one that looks elsewhere may not")
  func standing() async throws {
    let ports = FakePorts { _, _ in .done(["status": .int(0)]) }
    let (state, history) = try await scene.live(Self.canary, ports, journal: scene.path())
    #expect(state == .failed && history.step("check").state == .failed)
    let found = try #require(try remainder(Self.canary, history).standing)
    #expect(found.path == "check" && found.about == ["canary"] && !found.isCertain)
    #expect(found.words.contains("looks at the same again"))
  }

  @Test(
    "what is compared with parameters, or with what a change told, can never hold in the rest; what is looked at or asked anew may",
    arguments: [
      ("{id: check, assert: {that: params.n == 4}}", true, []),
      ("{id: check, assert: {that: steps.first.outputs.status == 7}}", true, ["first"]),
      ("{id: check, wait: {until: steps.first.outputs.status == 7, timeout: 1s}}", true, ["first"]),
      ("{id: check, assert: {that: steps.look.outputs.status == 7}}", nil, []),
      (
        "{id: check, wait: {probe: {http: {conn: a, method: GET, path: /}}, until: outputs.status == 7, every: 0.1s, timeout: 0.3s}}", nil,
        []
      ),
      ("{id: check, assert: {that: steps.look.outputs.status + steps.first.outputs.status == 7}}", false, ["first"]),
      ("{id: check, cmd: {argv: [touch, y]}, verify: {http: {conn: a, method: GET, path: /}, that: outputs.status == 7}}", nil, []),
    ] as [(String, Bool?, [String])])
  func standingOf(line: String, isCertain: Bool?, about: [String]) async throws {
    let text = """
      steps:
        - {id: look, mode: read, cmd: {argv: [ls]}}
        - {id: first, cmd: {argv: [touch, x]}}
        - \(line)
        - {id: after, cmd: {argv: [touch, y]}}
      """
    let ports = FakePorts { step, _ in step == "check" && line.contains("touch") ? .refused("no", nil) : .done(["status": .int(0)]) }
    let (state, history) = try await scene.live(text, ports, journal: scene.path())
    #expect(state == .failed)
    let found = try remainder(text, history).standing
    #expect(found?.isCertain == isCertain && (found?.about ?? []) == about)
  }

  @Test("of a runbook that was called only what it did not do is left")
  func called() async throws {
    let hash = String(repeating: "a", count: 64)
    let inner = try RunbookReader.read(
      RunScene.head.replacing("id: r\n", with: "id: inner\n")
        + "steps: [{id: one, cmd: {argv: [touch, x]}}, {id: two, cmd: {argv: [touch, y]}}]\n",
      file: "inner.yaml")
    let text = "steps: [{id: sub, runbook: {id: inner, hash: \(hash)}}, {id: after, cmd: {argv: [touch, z]}}]\n"
    let ports = FakePorts { step, _ in step == "sub/two" ? .refused("no", nil) : .done([:]) }
    let (_, history) = try await scene.live(text, ports, journal: scene.path(), books: [hash: inner])
    let left = try remainder(text, history, books: [hash: inner])
    #expect(left.done == ["sub/one"] && left.left == ["sub", "sub/two", "after"])
  }
}
