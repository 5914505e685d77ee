import Foundation
import OpsModel
import StrictYAML
import Testing

@testable import Runbooks

@Suite("Values in their places: data, whatever they hold")
struct ResolverTests {
  static let corpus = [
    "plain", "", " ", "a b", "$(id)", "`id`", "${HOME}", "${{ params.q }}", "{{ lookup('pipe','touch x') }}", "'; DROP TABLE t; --",
    "\"; rm -rf / #", "a\nb",
    "a\r\nHost: evil", "%s%n", "\\", "'", "\"", "--option", "-x", "../../etc/passwd", "日本", "e\u{301}", "\u{202E}x", "\u{1F600}", "a\tb",
    "?a=b&c#d",
    "*", "~", "\u{1B}[2J", "|cat", ">&2", "!history", "<(id)", "{key}",
  ]

  private func resolver(_ text: String, dashed: Bool = true) -> Resolver {
    var scope = RunScope()
    scope.parameters = ["p": .text(text)]
    var parameter = Parameter(name: "p", kind: .string, mark: .init(line: 1, column: 1))
    parameter.allowsLeadingDash = dashed
    return Resolver(scope, parameters: [parameter])
  }

  private func template(_ text: String) throws -> Template { try Template(text) }

  @Test("an argument stays one argument, byte by byte", arguments: corpus)
  func arguments(text: String) throws {
    let action = StepAction.cmd(
      argv: [Template(literal: "echo"), try template("${{ params.p }}"), try template("x=${{ params.p }}")],
      stdin: try template("${{ params.p }}"),
      env: ["V": try template("${{ params.p }}")])
    guard case .cmd(let argv, let stdin, let env) = try resolver(text).resolve(action) else {
      Issue.record("another kind")
      return
    }
    #expect(argv.map { Array($0.utf8) } == ["echo", text, "x=" + text].map { Array($0.utf8) })
    #expect(stdin.map { Array($0.utf8) } == Array(text.utf8))
    #expect(env["V"].map { Array($0.utf8) } == Array(text.utf8))
  }

  @Test("values of statements, commands and bodies are the same bytes", arguments: corpus)
  func servers(text: String) throws {
    let connection = StepAction.Connection(name: "c", host: nil)
    let resolver = resolver(text)
    let sql = StepAction.sql(.init(connection: connection, query: "SELECT $1", arguments: [try template("${{ params.p }}")], rows: nil))
    if case .sql(_, let query, let values, _) = try resolver.resolve(sql) {
      #expect(query == "SELECT $1")
      guard case .text(let value)? = values.first else {
        Issue.record("no text")
        return
      }
      #expect(Array(value.utf8) == Array(text.utf8))
    }
    if case .redis(_, let command) = try resolver.resolve(.redis(connection, [Template(literal: "SET"), try template("${{ params.p }}")])) {
      #expect(command.count == 2 && Array(command[1].utf8) == Array(text.utf8))
    }
    let request = StepAction.Request(
      connection: connection, method: "PUT", path: try template("/pool/${{ params.p }}"), query: [("q", try template("${{ params.p }}"))],
      json: .map(["v": .value(try template("${{ params.p }}")), "n": .plain(.int(1))]), expected: [])
    guard text != "" else { return }
    guard case .http(_, let made) = try resolver.resolve(.http(request)) else {
      Issue.record("another kind")
      return
    }
    #expect(made.target.split(separator: "/").count == 2, "it is one part of the path: \(made.target)")
    #expect(made.target.removingPercentEncoding == "/pool/\(text)?q=\(text)")
    let body = try #require(try JSONSerialization.jsonObject(with: Data(made.body ?? [])) as? [String: Any])
    #expect((body["v"] as? String).map { Array($0.utf8) } == Array(text.utf8))
    #expect(body["n"] as? Int == 1)
  }

  @Test("what programs take for an option, and what ends every text, is refused")
  func refused() throws {
    let action = StepAction.cmd(argv: [Template(literal: "ls"), try template("${{ params.p }}")], stdin: nil, env: [:])
    #expect(throws: ExpressionProblem.self) { try resolver("-rf", dashed: false).resolve(action) }
    #expect(throws: ExpressionProblem.self) { try resolver("a\u{0}b").resolve(action) }
    #expect(throws: Never.self) { try resolver("x-rf", dashed: false).resolve(action) }
    let host = StepAction.ssh(.init(shell: "sh", text: "ls", arguments: []), hosts: try template("${{ params.p }}"))
    for text in ["-oProxyCommand=id", "a b", "a;b", "", "$(id)"] {
      #expect(throws: ExpressionProblem.self, "\(text)") { try resolver(text).resolve(host) }
    }
    let up = StepAction.http(
      .init(
        connection: .init(name: "c", host: nil), method: "GET", path: try template("${{ params.p }}"), query: [], json: nil, expected: []))
    for text in ["/a/../b", "/./a", "a"] { #expect(throws: ExpressionProblem.self, "\(text)") { try resolver(text).resolve(up) } }
  }

  @Test("values of a run: steps, their outputs, places in lists; what is not there is said")
  func scope() throws {
    var scope = RunScope()
    scope.steps["look"] = .init(state: .ok, outputs: ["json": .map(["data": .list([.map(["n": .int(7)])])]), "n": .int(1)])
    func value(_ text: String) throws -> RunValue { try Expression.parse(text).value(in: scope) }
    #expect(try value("steps.look.outputs.json.data.0.n == 7") == .bool(true))
    #expect(try value("steps.look.state == 'ok'") == .bool(true))
    for text in [
      "steps.look.outputs.json.data.1.n == 7", "steps.gone.state == 'ok'", "outputs.n == 1", "host.name == 'a'", "params.x == 1",
    ] {
      #expect(throws: ExpressionProblem.self, "\(text)") { try value(text) }
    }
  }
}
