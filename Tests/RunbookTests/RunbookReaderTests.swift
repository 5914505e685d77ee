import Foundation
import Gate
import OpsModel
import StrictYAML
import Testing

@testable import Runbooks

@Suite("Runbooks: what may be written, and what is said of what may not")
struct RunbookReaderTests {
  private func text(_ path: String) throws -> String {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try String(contentsOf: here.appendingPathComponent(path), encoding: .utf8)
  }

  private func read(_ text: String) throws(FileProblems) -> Runbook { try RunbookReader.read(text, file: "r.yaml") }

  /// Lines, columns and messages of what is wrong.
  private func problems(_ text: String) -> [String] {
    do throws(FileProblems) { _ = try read(text) } catch { return error.list.map(\.line.text) }
    return []
  }

  private func step(_ line: String, params: String = "{}") -> [String] {
    problems(
      """
      apiVersion: runbook/v1
      id: r
      title: t
      owner: o
      risk: low
      environments: [staging]
      params: \(params)
      steps:
        - \(line)
      """)
  }

  @Test("the samples are read whole", arguments: ["retry", "blocker", "restart"])
  func good(name: String) throws {
    let source = try text("Good/\(name).yaml")
    #expect(problems(source) == [])
  }

  @Test(
    "a parameter becomes no script of Redis and no other command",
    arguments: [
      #"{id: s, redis: {conn: a, cmd: [EVAL, "${{ params.x }}", "0"]}}"#,
      #"{id: s, redis: {conn: a, cmd: [CONFIG, "${{ params.x }}", y]}}"#,
      #"{id: s, redis: {conn: a, cmd: [SCRIPT, LOAD, "${{ params.x }}"]}}"#,
      #"{id: s, redis: {conn: a, cmd: [fcall, "${{ params.x }}", "0"]}}"#,
    ])
  func scripts(line: String) {
    #expect(step(line, params: "{x: {type: string, required: true}}").contains { $0.contains("its arguments may be filled in") })
    #expect(step(line.replacing("${{ params.x }}", with: "GET")) == [])
  }

  @Test(
    "what is written as in other tools gets the right form",
    arguments: [
      (#"{id: s, wait: {queue: {action: stats, conn: a}, until: outputs.ready == 0, timeout: 5s}}"#, "probe: {queue: {…}}"),
      (#"{id: s, wait: {probe: {queue: {action: stats, conn: a}}, until: outputs.ready == 0, for: 5s}}"#, "timeout is how long"),
      (#"{id: s, assert: {http: {conn: a, method: GET, path: /}, that: outputs.status == 200}}"#, "wait: {probe: {http: {…}}"),
      (#"{id: s, sql: {conn: a, text: "SELECT 1"}}"#, "the statement is query"),
      (#"{id: s, hosts: "inventory:web", ssh: {script: "true"}}"#, #"source: "inventory:web", required: true"#),
      (#"{id: s, batches: [1], cmd: {argv: [a]}}"#, "it stands in strategy"),
      (#"{id: still-healthy, cmd: {argv: [a]}}"#, "begins with a letter: still_healthy"),
      (
        #"{id: s, cmd: {argv: [a]}, verify: {sql: {conn: a, query: "SELECT 1"}, that: "outputs.rows[0].n == 0"}}"#,
        "outputs: {n: {from: rows, path: 0.n, type: int}} beside the query, and outputs.n here"
      ),
      (
        #"{id: s, cmd: {argv: [a]}, verify: {http: {conn: a, method: GET, path: /}, that: "outputs.json.items[0].name == 'x'"}}"#,
        "outputs.json.items.0.name"
      ),
    ])
  func forms(line: String, form: String) {
    let found = step(line)
    #expect(found.contains { $0.contains(form) } && found.allSatisfy { !$0.contains("outputs stand inside") }, "\(found)")
  }

  @Test(
    "a value that is written as a variable of a shell is told where it belongs",
    arguments: [
      (
        #"{id: s, hosts: "${{ params.h }}", ssh: {script: "echo ${host.name}"}}"#,
        #"write "$1" there, and args: ["${{ host.name }}"]"#
      ),
      (#"{id: s, hosts: "${{ params.h }}", run: {script: "echo ${ host.name }"}}"#, #"args: ["${{ host.name }}"]"#),
      (#"{id: s, hosts: "${{ params.h }}", run: {script: "echo ${{ host.name }}"}}"#, #"args: ["${{ host.name }}"]"#),
      (#"{id: s, run: {script: "echo ${params.h} ${steps.a.outputs.b}"}}"#, #"the parameter is there as "$P_H""#),
      (#"{id: s, run: {script: "echo ${secrets.key}"}}"#, #"the secret is there as "$S_KEY""#),
      (#"{id: s, ssh: {host: a, script: "echo ${params.h}"}}"#, #"args: ["${{ params.h }}"]"#),
      (#"{id: s, run: {script: "echo x; echo ${steps.a.outputs.b}"}}"#, #"args: ["${{ steps.a.outputs.b }}"]"#),
      (#"{id: s, cmd: {argv: [echo, "${run.id}"]}}"#, "${{ run.id }} is"),
      (#"{id: s, note: "on ${host.name}"}"#, "${{ host.name }} is"),
    ])
  func unfilled(line: String, form: String) {
    let found = step(line, params: "{h: {type: hosts, required: true}}")
    #expect(found.contains { $0.contains(form) }, "\(found)")
  }

  @Test(
    "what a shell knows, and what is meant as it stands, is no mistake",
    arguments: [
      #"echo ${HOME} ${S_KEY:0:4} ${x:-host.name} ${a[0]} ${host}"#, #"printf \${host.name}"#, "echo ${hosts.name} ${run.other}",
      "${steps.a} ${params} {host.name} $host.name",
    ])
  func known(script: String) { #expect(step("{id: s, run: {script: '\(script)'}}") == []) }

  @Test("what is missing is named with an example: a choice of dead letters, and the hosts of a secret")
  func missing() {
    #expect(
      step("{id: s, queue: {action: retry, conn: a, select: {order: oldest}}}").contains {
        $0.contains("needs select with max, ids, task, error_contains or older_than")
      })
    let text = RunScene.head + "secrets: {key: {from: {env: K}}}\nsteps: [{id: s, note: x}]\n"
    #expect(problems(text).contains { $0.contains("needs hosts: ") && $0.contains("[localhost]") })
  }

  @Test(
    "a statement that calls what acts is no look, whatever its first word",
    arguments: [
      "SELECT pg_terminate_backend(1)", "select pg_catalog.pg_cancel_backend (pid) from pg_stat_activity",
      "SELECT * FROM dblink('a', 'b') AS t(n int)",
    ])
  func acting(query: String) {
    #expect(step("{id: s, mode: read, sql: {conn: a, query: \"\(query)\"}}").contains { $0.contains("this changes something") })
    #expect(step("{id: s, sql: {conn: a, query: \"\(query)\"}}") == [])
    #expect(step("{id: s, mode: read, sql: {conn: a, query: \"SELECT 'pg_terminate_backend', my_pg_notify(1)\"}}") == [])
  }

  @Test("a step over hosts tells on how many it failed, and nothing of a single one")
  func answers() {
    let both = { (name: String) in
      "{id: s, hosts: \"${{ params.h }}\", ssh: {script: x}}\n  - {id: t, assert: {that: steps.s.outputs.\(name) == 0}}"
    }
    #expect(step(both("hosts"), params: "{h: {type: hosts, required: true}}") == [])
    #expect(step(both("status"), params: "{h: {type: hosts, required: true}}") != [])
  }

  @Test("what was written is what is meant")
  func meaning() throws {
    let retry = try read(text("Good/retry.yaml"))
    #expect(retry.environments == [.staging, .production])
    #expect(retry.alerts.map(\.name) == ["dead-letters", "QueueDeadLettersGrowing"])
    #expect(retry.parameters.map(\.name) == ["queue", "error", "rate", "limit"])
    #expect(retry.lock.source == "dlq:${{ params.queue }}")
    guard case .queue(let rest) = retry.steps[3].action else {
      Issue.record("the fourth step is one of queues")
      return
    }
    #expect(rest.name == .retry && rest.pacing.size == 50 && rest.pacing.pause == 2 && rest.halt?.readyDepth == 5000)
    let restart = try read(text("Good/restart.yaml"))
    #expect(restart.steps[0].strategy.batches == [.count(1), .percent(25), .percent(50)])
    #expect(restart.steps[0].perHost.map(\.id) == ["out", "quiet", "restart"])
    #expect(restart.steps[0].perHost[2].verify != nil)
    let blocker = try read(text("Good/blocker.yaml"))
    #expect(blocker.steps[0].isRead && !blocker.steps[2].isRead)
    #expect(blocker.steps[2].retry?.reasons == [.timeout, .sqlstate("40001")])
  }

  @Test("everything that is wrong is said at once, each at its place")
  func bad() throws {
    let found = problems(try text("Bad/many.yaml"))
    let wanted = [
      "1:1: a runbook needs owner", "1:13: unknown apiVersion 'runbook/v2'", "2:5: an id has small letters", "4:7: unknown risk 'enormous'",
      "5:22: unknown environment 'moon'", "7:17: unknown type 'queu'; did you mean 'queue'?", "8:26: min is more than max",
      "8:46: default: it is at least 5", "9:33: pattern, character 1: ( has no )", "10:16: an enum needs values",
      "11:9: the parameter none needs a default", "13:10: the secret token stands here in plain text",
      "16:19: script is never filled in: each parameter stands in its environment as \"$P_NAME\"",
      "17:9: one is taken by the step in line 15",
      "18:28: $2 has no value", "20:10: a step does one thing: sql stands there already", "23:9: if, a whole number is never equal to text",
      "24:19: conn is never filled in", "26:9: if, the step later comes later",
      "27:11: note, there is no parameter wrod; did you mean word?", "29:25: a change may be tried again on not_sent alone",
      "31:5: per_host needs hosts", "32:26: rundeck is not known yet", "33:24: retry needs select", "34:37: probe only looks",
      "35:20: ssh needs a host", "36:24: this changes something", "37:1: unknown key 'extra'",
    ]
    for one in wanted { #expect(found.contains { $0.hasPrefix("r.yaml:" + one) }, "\(one)\n\(found.joined(separator: "\n"))") }
    #expect(found.count == wanted.count, "\(found.filter { line in !wanted.contains { line.hasPrefix("r.yaml:" + $0) } })")
  }

  @Test(
    "parameters are data: no place that decides what is run can be filled in",
    arguments: [
      ("{id: a, run: {script: 'echo ${{ params.p }}'}}", "script is never filled in"),
      ("{id: a, run: {shell: '${{ params.p }}', script: ls}}", "unknown shell"),
      ("{id: a, ssh: {host: '${{ params.p }}', script: 'ls ${{ params.p }}'}}", "script is never filled in"),
      ("{id: a, sql: {conn: db, query: 'SELECT ${{ params.p }}'}}", "query is never filled in"),
      ("{id: a, sql: {conn: '${{ params.p }}', query: 'SELECT 1'}}", "conn is never filled in"),
      ("{id: a, cmd: {argv: ['${{ params.p }}']}}", "the program is never filled in"),
      ("{id: a, redis: {conn: r, cmd: ['${{ params.p }}', k]}}", "the command is never filled in"),
      ("{id: a, kubectl: {context: c, argv: ['${{ params.p }}']}}", "the verb is never filled in"),
      ("{id: a, ansible: {playbook: '${{ params.p }}', inventory: i}}", "playbook is never filled in"),
      ("{id: a, ansible: {playbook: ../../x.yml, inventory: i}}", "beside the runbook"),
      ("{id: a, cmd: {argv: [ls], env: {LD_PRELOAD: x}}}", "one that runs programs"),
      ("{id: a, http: {conn: c, method: '${{ params.p }}', path: /}}", "unknown method"),
      ("{id: a, redis_scan: {conn: r, match: '${{ params.p }}', max_keys: 1, each: [DEL, '{key}']}}", "match is never filled in"),
      ("{id: a, note: '${{ secrets.s }}'}", "a secret is never a value"),
    ])
  func fixed(line: String, message: String) {
    let found = step(line, params: "{p: {type: string, default: x}}")
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }

  @Test(
    "a sensitive parameter is no argument of a program, where everybody could read it",
    arguments: [
      ("{id: a, cmd: {argv: [curl, -H, 'X: ${{ params.p }}']}}", true), ("{id: a, run: {script: ls, args: ['${{ params.p }}']}}", true),
      ("{id: a, kubectl: {context: '${{ params.p }}', argv: [get, pods]}}", true),
      ("{id: a, kubectl: {context: c, argv: [get, '${{ params.p }}']}}", true),
      ("{id: a, cmd: {argv: [curl], stdin: '${{ params.p }}'}}", false),
      ("{id: a, ssh: {host: web-1, script: 'ls \"$1\"', args: ['${{ params.p }}']}}", false),
      ("{id: a, sql: {conn: db, query: 'SELECT $1::text', args: ['${{ params.p }}']}}", false),
    ])
  func sensitive(line: String, isRefused: Bool) {
    let found = step(line, params: "{p: {type: string, required: true, sensitive: true}}")
    #expect(found.contains { $0.contains("p is sensitive, and everybody can read arguments") } == isRefused, "\(found)")
    #expect(isRefused || found.isEmpty, "\(found)")
  }

  @Test("aliases, tags, nesting without end and doubled keys are refused before anything is made of them")
  func hostile() {
    #expect(problems("a: &x [1]\nb: *x\n").first?.contains("aliases") == true)
    #expect(problems("a: &x 1\n").first?.contains("aliases") == true)
    #expect(problems("a: !!python/object {}\n").first?.contains("tags") == true)
    #expect(problems(String(repeating: "[", count: 400)).isEmpty == false)
    #expect(problems("id: a\nid: b\n").first?.contains("twice") == true)
    #expect(problems("").first?.contains("nothing") == true)
    #expect(problems("- a\n").first?.contains("must be a mapping") == true)
  }

  @Test("a description is text in lines, whatever they begin with")
  func description() throws {
    let head = "apiVersion: runbook/v1\nid: r\ntitle: t\nowner: o\nrisk: low\nenvironments: [dev]\nsteps: [{id: a, note: hello}]\n"
    let read = try read(head + "description: |\n  What it does:\n  * drains the queue\n  & starts it again\n")
    #expect(read.description.map(\.text) == ["What it does:", "* drains the queue", "& starts it again"])
    #expect(try self.read(head).description.isEmpty)
  }

  @Test("a runbook that only looks may hold only looks")
  func diagnose() {
    let head = "apiVersion: runbook/v1\nid: r\ntitle: t\nowner: o\nrisk: low\nenvironments: [dev]\nclass: diagnose\nsteps:\n"
    #expect(problems(head + "  - {id: a, cmd: {argv: [ls]}, mode: read}\n  - {id: b, redis: {conn: r, cmd: [GET, k]}}\n") == [])
    #expect(problems(head + "  - {id: a, cmd: {argv: [ls]}}\n").first?.contains("only looks") == true)
    #expect(problems(head + "  - {id: a, redis: {conn: r, cmd: [DEL, k]}}\n").first?.contains("only looks") == true)
  }

  @Test("the schema for editors has every key that the reader knows, and refuses others")
  func schema() throws {
    let json = try #require(JSONSerialization.jsonObject(with: Data(SchemaDocument.json.rendered().utf8)) as? [String: Any])
    let definitions = try #require(json["$defs"] as? [String: [String: Any]])
    for spec in FormatSpec.objects.dropFirst() {
      let properties = try #require(definitions[spec.name]?["properties"] as? [String: Any])
      #expect(Set(properties.keys) == Set(spec.keys))
      #expect(definitions[spec.name]?["additionalProperties"] as? Bool == false)
    }
    #expect((json["required"] as? [String])?.contains("steps") == true)
  }
}
