import Gate
import OpsModel
import StrictYAML
import Testing

@testable import Runbooks

@Suite("What follows from the end of an attempt, and of a runner")
struct SettlementTests {
  private func step(_ line: String) throws -> Step {
    let text = """
      apiVersion: runbook/v1
      id: r
      title: t
      owner: o
      risk: low
      environments: [staging]
      params: {hosts: {type: hosts, required: true}}
      steps:
        - \(line)
      """
    return try RunbookReader.read(text, file: "r.yaml").steps[0]
  }

  private func settle(_ end: AttemptEnd, _ step: Step, attempt: Int = 1) -> Settlement { .of(end, step, attempt: attempt, random: 1) }

  @Test("a write whose answer did not come is not called failed")
  func doubt() throws {
    let write = try step("{id: a, cmd: {argv: [touch, x]}}")
    for end in [AttemptEnd.timedOut("t"), .cancelled("c"), .lost("l")] { #expect(settle(end, write) == .unknown) }
    let known = try step("{id: a, cmd: {argv: [touch, x]}, verify: {cmd: {argv: [ls, x]}, that: outputs.status == 0}}")
    for end in [AttemptEnd.timedOut("t"), .cancelled("c"), .lost("l")] { #expect(settle(end, known) == .verify) }
    #expect(settle(.refused("no", .exit(1)), write) == .settled(.failed))
    #expect(settle(.notSent("refused"), write) == .settled(.failed))
    let read = try step("{id: a, mode: read, cmd: {argv: [ls]}}")
    #expect(settle(.timedOut("t"), read) == .settled(.timedOut))
    #expect(settle(.cancelled("c"), read) == .settled(.cancelled))
    #expect(settle(.lost("l"), read) == .settled(.failed))
    #expect(settle(.noChange([:]), write) == .settled(.noChange))
  }

  @Test("a write is repeated only where nothing was sent, or where its author allows it")
  func repeated() throws {
    let write = try step("{id: a, cmd: {argv: [touch, x]}, retry: {max: 2, delay: 3s, on: [not_sent]}}")
    #expect(settle(.notSent("refused"), write) == .again(after: 3))
    #expect(settle(.notSent("refused"), write, attempt: 2) == .again(after: 6))
    #expect(settle(.notSent("refused"), write, attempt: 3) == .settled(.failed))
    #expect(settle(.timedOut("t"), write) == .unknown)
    let free = try step("{id: a, idempotent: true, cmd: {argv: [touch, x]}, retry: {max: 1, on: [timeout, 'exit:75']}}")
    #expect(settle(.timedOut("t"), free) == .again(after: 1))
    #expect(settle(.timedOut("t"), free, attempt: 2) == .unknown)
    #expect(settle(.refused("busy", .exit(75)), free) == .again(after: 1))
    #expect(settle(.refused("no", .exit(1)), free) == .settled(.failed))
  }

  @Test(
    "a run that is taken up again asks where nobody can know",
    arguments: [
      ("{id: a, mode: read, cmd: {argv: [ls]}}", Resumption.again), ("{id: a, cmd: {argv: [touch, x]}}", .ask),
      ("{id: a, idempotent: true, cmd: {argv: [touch, x]}}", .again),
      ("{id: a, cmd: {argv: [touch, x]}, verify: {cmd: {argv: [ls, x]}, that: outputs.status == 0}}", .verify),
      ("{id: a, queue: {action: retry, conn: b, select: {max: 5}}}", .rest), ("{id: a, sql: {conn: d, query: DELETE FROM t}}", .lookUp),
      ("{id: a, idempotent: true, sql: {conn: d, query: DELETE FROM t}}", .again), ("{id: a, redis: {conn: r, cmd: [DEL, k]}}", .ask),
      ("{id: a, http: {conn: h, method: POST, path: /x}}", .ask),
      ("{id: a, kubectl: {context: c, argv: [rollout, restart, deploy/x]}}", .again),
      ("{id: a, kubectl: {context: c, argv: [delete, pod, x]}}", .ask), ("{id: a, ansible: {playbook: p.yml, inventory: i}}", .ask),
      ("{id: a, idempotent: true, ansible: {playbook: p.yml, inventory: i}}", .rest),
      ("{id: a, hosts: '${{ params.hosts }}', per_host: [{id: b, note: hi}]}", .rest), ("{id: a, prompt: {text: t, choices: [x]}}", .again),
    ])
  func resumption(line: String, wanted: Resumption) throws {
    #expect(Resumption.of(try step(line)) == wanted)
  }
}
