import OpsModel
import StrictYAML
import TestKit
import Testing

@testable import Runbooks

/// Values by their path.
private struct Values: ValueScope, TypeScope {
  var known: [String: RunValue] = [
    "params.n": .int(5), "params.s": .text("abc"), "params.l": .list([.text("a"), .int(1)]), "outputs.rate": .number(2.5),
    "outputs.gone": .null, "params.b": .bool(true),
  ]

  func value(of path: [String]) throws(ExpressionProblem) -> RunValue {
    guard let value = known[path.joined(separator: ".")] else { throw ExpressionProblem("there is none") }
    return value
  }

  func kind(of path: [String]) throws(ExpressionProblem) -> ValueKind { try value(of: path).kind }
}

@Suite("Expressions: typed, small, and without a way out")
struct ExpressionTests {
  private func value(_ text: String) throws -> RunValue { try Expression.parse(text).value(in: Values()) }

  @Test(
    "what they are",
    arguments: [
      ("1 + 2 == 3", true), ("params.n > 4 && params.n <= 5", true), ("!(params.n == 5)", false), ("!!params.b", true),
      ("params.s == 'abc'", true), ("params.s != \"a\\\"b\"", true), ("'a' in params.l", true), ("2 in [1, 2.0]", true),
      ("len(params.l) == 2 && len(params.s) == 3", true), ("contains(params.s, 'bc')", true), ("contains(params.l, 1)", true),
      ("startsWith(params.s, 'ab')", true), ("percent(outputs.rate, 10) == 25", true), ("false && params.nothing", false),
      ("true || params.nothing", true), ("outputs.gone == null", true), ("params.n + -7 < 0", true), ("1 == 1.0", true),
      ("params.b || false && false", true),
    ])
  func values(text: String, wanted: Bool) throws {
    #expect(try value(text) == .bool(wanted))
  }

  @Test(
    "values of the wrong kind are errors and never converted",
    arguments: [
      "params.n == 'abc'", "params.s < 5", "params.s + 1", "1.5 + 1", "!params.n", "params.n && true", "len(5)", "'a' in 'abc'",
      "percent(1, 0)", "startsWith(params.l, 'a')", "params.nothing == 1", "9223372036854775807 + 1",
    ])
  func kinds(text: String) throws {
    let expression = try Expression.parse(text)
    #expect(throws: ExpressionProblem.self) { try expression.isTrue(in: Values()) }
  }

  @Test(
    "what can not be read is said with its place",
    arguments: [
      ("", nil), ("1 +", nil), ("a b", 3), ("(1", nil), ("'abc", 1), ("1 ; 2", 3), ("system('ls')", 1), ("len(1, 2)", 1), ("x = 1", 3),
      ("params.a.$b", 9), ("`ls`", 1),
    ] as [(String, Int?)])
  func problems(text: String, place: Int?) {
    do {
      _ = try Expression.parse(text)
      Issue.record("\(text) was read")
    } catch { #expect(error.character == place, "\(error.sentence)") }
  }

  @Test("size and depth are bounded")
  func bounds() {
    #expect(throws: ExpressionProblem.self) {
      try Expression.parse(String(repeating: "(", count: 300) + "1" + String(repeating: ")", count: 200))
    }
    #expect(throws: ExpressionProblem.self) { try Expression.parse(String(repeating: "1+", count: 200) + "1") }
    #expect(throws: ExpressionProblem.self) { try Expression.parse(String(repeating: "!", count: 400) + "true") }
    #expect(throws: ExpressionProblem.self) { try Expression.parse(String(repeating: "a", count: 513)) }
    #expect(throws: Never.self) { try Expression.parse("1" + String(repeating: "+1", count: 30) + " == 31") }
  }

  @Test("before a run as much is known as can be")
  func types() throws {
    #expect(try Expression.parse("params.n > 1").kind(in: Values()) == .bool)
    #expect(try Expression.parse("params.n + 1").kind(in: Values()) == .int)
    #expect(throws: ExpressionProblem.self) { try Expression.parse("params.s > 1").kind(in: Values()) }
    #expect(throws: ExpressionProblem.self) { try Expression.parse("params.n || true").kind(in: Values()) }
    #expect(throws: ExpressionProblem.self) { try Expression.parse("params.s in params.s").kind(in: Values()) }
  }

  // MARK: Templates

  @Test("a text is filled in once; what comes out is never read again")
  func templates() throws {
    var scope = Values()
    scope.known["params.evil"] = .text("${{ params.n }} $(id) {{ lookup }} `x` %s")
    #expect(try Template("a ${{ params.evil }} b").value(in: scope) == .text("a ${{ params.n }} $(id) {{ lookup }} `x` %s b"))
    #expect(try Template("${{ params.n }}").value(in: scope) == .int(5))
    #expect(try Template("${{params.n}}${{ params.s }}").value(in: scope) == .text("5abc"))
    #expect(try Template("$ { {} } {{ x }}").value(in: scope) == .text("$ { {} } {{ x }}"))
    #expect(throws: ExpressionProblem.self) { try Template("x ${{ params.l }}").value(in: scope) }
    #expect(throws: ExpressionProblem.self) { try Template("x ${{ params.n") }
    do { _ = try Template("ab ${{ 1 ; 2 }}") } catch { #expect(error.character == 10) }
  }

  // MARK: Patterns

  @Test(
    "patterns stand for the whole text",
    arguments: [
      ("a+b", ["ab", "aab"], ["b", "abc", "xab"]), ("[0-9T:.+ -]{19,40}", ["2026-11-21 14:02:11.000+00"], ["2026", "x"]),
      ("(ab|c)*d?", ["", "abcabd", "cc"], ["a", "dd"]), ("a{2}", ["aa"], ["a", "aaa"]), ("a{2,}", ["aa", "aaaa"], ["a"]),
      ("a{0,2}", ["", "a", "aa"], ["aaa"]), ("[^a-c]", ["d", "é"], ["a", ""]), ("\\d\\.\\w", ["1.x"], ["1xx", "a.x"]),
      (".", ["日"], ["\n", "ab"]),
      ("[]a-]", ["]", "a", "-"], ["b"]), ("(?:x|y)z", ["xz", "yz"], ["z"]),
    ])
  func patterns(pattern: String, yes: [String], no: [String]) throws {
    let compiled = try LinearPattern(pattern)
    for text in yes { #expect(compiled.matches(text), "\(pattern) and \(text)") }
    for text in no { #expect(!compiled.matches(text), "\(pattern) and \(text)") }
  }

  @Test("what would take for ever elsewhere grows with the text and no faster", .timeLimit(.minutes(1)))
  func linear() throws {
    let pattern = try LinearPattern("(a+)+")
    func match(_ length: Int) -> Bool { pattern.matches(String(repeating: "a", count: length) + "b") }
    #expect(!match(4096))
    // Eight times the text: eight times the work, and 64 times where each character is looked at from every other.
    let ratio = Growth.ratio(enough: 24) {
      _ = match(512)
    } large: {
      _ = match(4096)
    }
    #expect(ratio <= 24, "4,096 characters cost \(ratio) times 512")
  }

  @Test(
    "patterns that are none are said with their place",
    arguments: ["(a", "a)", "[a", "*a", "a{", "a{5,2}", "a{2000}", "^a", "a$", "\\1", "(?=a)", "[z-a]", "((a{1000}){1000})", "\\"])
  func wrong(pattern: String) {
    #expect(throws: ExpressionProblem.self) { try LinearPattern(pattern) }
  }

  // MARK: Parameters

  private func parameter(_ kind: Parameter.Kind, _ change: (inout Parameter) -> Void = { _ in }) -> Parameter {
    var out = Parameter(name: "p", kind: kind, mark: .init(line: 1, column: 1))
    change(&out)
    return out
  }

  @Test("what an operator types becomes a value of its type, or a refusal that says what is wanted")
  func parameters() throws {
    #expect(try ParameterCheck.value(["5"], of: parameter(.int)) == .int(5))
    #expect(try ParameterCheck.value(["2m"], of: parameter(.duration)) == .number(120))
    #expect(try ParameterCheck.value(["4GiB"], of: parameter(.bytes)) == .int(4_294_967_296))
    #expect(try ParameterCheck.value(["yes"], of: parameter(.bool)) == .bool(true))
    #expect(try ParameterCheck.value(["web-1, web-2"], of: parameter(.hosts)) == .list([.text("web-1"), .text("web-2")]))
    #expect(try ParameterCheck.value(["'; DROP TABLE t; --"], of: parameter(.string)) == .text("'; DROP TABLE t; --"))
    for (kind, text) in [
      (Parameter.Kind.int, "5.5"), (.int, "x"), (.string, "-rf"), (.string, "a\u{0}b"), (.string, "a\u{202E}b"), (.string, "a\nb"),
      (.host, "-oProxyCommand=x"), (.host, "a b"), (.hosts, "a,,b"), (.hosts, ""), (.urlPath, "/a/../b"), (.urlPath, "a"),
      (.duration, "soon"),
      (.bool, "maybe"), (.bytes, "-"),
    ] {
      #expect(throws: ExpressionProblem.self, "\(kind) \(text)") { try ParameterCheck.value([text], of: parameter(kind)) }
    }
    #expect(throws: ExpressionProblem.self) { try ParameterCheck.value(["7"], of: parameter(.int) { $0.most = 6 }) }
    #expect(throws: ExpressionProblem.self) { try ParameterCheck.value(["c"], of: parameter(.enum) { $0.choices = ["a", "b"] }) }
    #expect(throws: ExpressionProblem.self) { try ParameterCheck.value([String(repeating: "x", count: 300)], of: parameter(.string)) }
    #expect(throws: Never.self) { try ParameterCheck.value(["-x"], of: parameter(.string) { $0.allowsLeadingDash = true }) }
  }
}
