import Foundation
import Testing

@testable import OpsModel

/// Plans of real servers, each beside a table that was worked out by hand: which time was taken from which node, and why.
@Suite("Plans")
struct ExplainTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Plans")

  static var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  static func plan(_ name: String) throws -> ExplainPlan {
    try ExplainReader.read(Array(try Data(contentsOf: folder.appendingPathComponent(name + ".json"))))
  }

  /// The lines of a worked table, split at `|`.
  static func worked(_ name: String) throws -> [[String]] {
    let text = try String(contentsOf: folder.appendingPathComponent(name + ".nodes"), encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().map {
      $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
  }

  static func near(_ value: Double, _ text: String, _ slack: Double = 0.0011) -> Bool {
    Double(text).map { abs($0 - value) <= slack } ?? false
  }

  @Test("there are plans of every kind")
  func kinds() { #expect(Self.names.count >= 17) }

  @Test("every node has the time that was worked out by hand", arguments: names)
  func nodes(_ name: String) throws {
    let plan = try Self.plan(name)
    let times = ExplainTimes(plan)
    let rows = try Self.worked(name).filter { !$0[0].hasPrefix("=") }
    #expect(rows.count == plan.nodes.count)
    for (index, row) in rows.enumerated() {
      #expect(plan.nodes[index].label.text == row[1], "node \(row[0])")
      #expect(Self.near(times.inclusive[index], row[2]), "inclusive of node \(row[0]): \(times.inclusive[index]), by hand \(row[2])")
      #expect(Self.near(times.exclusive[index], row[3]), "exclusive of node \(row[0]): \(times.exclusive[index]), by hand \(row[3])")
    }
  }

  @Test("the times of all nodes together are the root's", arguments: names)
  func sum(_ name: String) throws {
    let plan = try Self.plan(name)
    let times = ExplainTimes(plan)
    let sum = times.exclusive.reduce(0, +)
    #expect(abs(sum - times.clamped - times.unplaced - times.inclusive[0]) < 0.001)
    #expect(times.clamped <= times.bound + 0.001, "what was cut off is no more than rounding")
    let root = try #require(plan.nodes[0][.totalTime])
    #expect(abs(sum - root) <= times.bound + 0.001)
  }

  @Test("the two tables are those that were worked out by hand", arguments: names)
  func tables(_ name: String) throws {
    let plan = try Self.plan(name)
    let tables = ExplainTables(plan, ExplainTimes(plan))
    let lines = try Self.worked(name)
    let types = lines.filter { $0[0] == "=type" }
    #expect(types.map { $0[1] }.sorted() == tables.types.map(\.label.text).sorted())
    for row in types {
      let found = try #require(tables.types.first { $0.label.text == row[1] })
      #expect(found.count == Int(row[2]) && Self.near(found.time, row[3]), "\(row) against \(found)")
      #expect(Self.near((found.share ?? 0) * 100, row[4], 0.051))
    }
    let relations = lines.filter { $0[0] == "=table" }
    #expect(relations.map { $0[1] }.sorted() == tables.relations.map(\.name.text).sorted())
    for row in relations {
      let found = try #require(tables.relations.first { $0.name.text == row[1] })
      #expect(found.scans == Int(row[2]) && Self.near(found.time, row[3]), "\(row) against \(found)")
    }
    for row in lines where row[0] == "=scan" {
      let relation = try #require(tables.relations.first { $0.name.text == row[1] })
      let found = try #require(relation.kinds.first { $0.label.text == row[2] })
      #expect(found.count == Int(row[3]) && Self.near(found.time, row[4]), "\(row) against \(found)")
    }
  }

  @Test("advice names what was measured, and nothing that was not")
  func advice() throws {
    func rules(_ name: String) throws -> [String] { ExplainAnalysis(try Self.plan(name)).advice.map(\.rule.text) }
    let spilled = try rules("08-jit-spill-batches")
    #expect(spilled.contains("R2") && spilled.contains("R3") && spilled.contains("R14"))
    #expect(try rules("09-workers-missing").contains("R10"))
    #expect(try rules("07-delete-fk-trigger").contains("R16"))
    #expect(try !rules("03-cte-twice-initplan").contains("R2"))
  }

  @Test("a plan is read from psql's output, from auto_explain's log and among others")
  func shapes() throws {
    let json = try String(contentsOf: Self.folder.appendingPathComponent("02-partition-nestloop.json"), encoding: .utf8)
    let count = try ExplainReader.read(Array(json.utf8)).nodes.count
    let psql =
      "        QUERY PLAN        \n-------------------------\n"
      + json.split(separator: "\n").map { " \($0)  +" }.joined(separator: "\n") + "\n(1 row)\n"
    #expect(try ExplainReader.read(Array(psql.utf8)).nodes.count == count)
    let object = json.drop { $0 != "{" }
    let logged = "{\"Query Text\": \"select 1\", " + object.dropFirst()
    let plan = try ExplainReader.read(Array(logged.utf8))
    #expect(plan.query == "select 1" && plan.nodes.count == count)
    let line = "2026-11-21 20:00:00 UTC [4242] LOG:  duration: 12.3 ms  plan:\n\t" + logged
    #expect(try ExplainReader.read(Array(line.utf8)).query == "select 1")
    let two = "[\(object.prefix(upTo: object.lastIndex(of: "]") ?? object.endIndex)), {\"Plan\": {\"Node Type\": \"Result\"}}]"
    let first = try ExplainReader.read(Array(two.utf8))
    #expect(first.nodes.count == count && first.others == 1)
  }

  @Test("what is no plan is refused with a sentence, cut off anywhere too")
  func refusals() throws {
    for text in ["", "hello", "{}", "[1, 2]", "{\"Plan\": 5}", "[{\"Plan\": {\"Node Type\": \"Result\"}"] {
      #expect(throws: ExplainProblem.self) { try ExplainReader.read(Array(text.utf8)) }
    }
    let json = try Data(contentsOf: Self.folder.appendingPathComponent("06-never-executed-limit.json"))
    for end in stride(from: 0, to: json.count - 4, by: 97) {
      #expect(throws: ExplainProblem.self) { try ExplainReader.read(Array(json[..<end])) }
    }
  }

  @Test("ten thousand nodes, in a row or nested as deep as they are many")
  func large() throws {
    func node(_ plans: String) -> String {
      "{\"Node Type\": \"Append\", \"Actual Total Time\": 2.0, \"Actual Loops\": 1, \"Actual Rows\": 1, \"Plan Rows\": 1\(plans)}"
    }
    let wide = "[{\"Plan\": \(node(", \"Plans\": [" + [String](repeating: node(""), count: 9_999).joined(separator: ",") + "]"))}]"
    #expect(ExplainAnalysis(try ExplainReader.read(Array(wide.utf8))).plan.nodes.count == 10_000)
    let opening = "{\"Node Type\": \"Sort\", \"Actual Total Time\": 2.0, \"Actual Loops\": 1, \"Actual Rows\": 1, \"Plans\": ["
    let deep =
      "[{\"Plan\": " + String(repeating: opening, count: 9_999) + node("") + String(repeating: "]}", count: 9_999) + "}]"
    let analysis = ExplainAnalysis(try ExplainReader.read(Array(deep.utf8)))
    #expect(analysis.plan.nodes.last?.depth == 9_999 && abs(analysis.times.exclusive.reduce(0, +) - 2) < 0.001)
  }

  @Test("rows that were counted without times are told, and no time is made up")
  func withoutTimes() throws {
    let text =
      "[{\"Plan\": {\"Node Type\": \"Seq Scan\", \"Plan Rows\": 1, \"Actual Rows\": 5000, \"Actual Loops\": 1}, \"Execution Time\": 3.0}]"
    let analysis = ExplainAnalysis(try ExplainReader.read(Array(text.utf8)))
    #expect(analysis.plan.hasRows && !analysis.plan.isAnalyzed && analysis.whole == nil)
    #expect(analysis.advice.map(\.rule) == ["R5"])
  }

  @Test("a subquery of the Gather itself runs in the leader")
  func gather() throws {
    let text = """
      [{"Plan": {"Node Type": "Gather", "Actual Total Time": 1000, "Actual Rows": 1, "Actual Loops": 1, "Plans": [
        {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Actual Total Time": 50, "Actual Rows": 1, "Actual Loops": 3},
        {"Node Type": "Result", "Parent Relationship": "SubPlan", "Actual Total Time": 0.008, "Actual Rows": 1, "Actual Loops": 100000}]}}]
      """
    let times = ExplainTimes(try ExplainReader.read(Array(text.utf8)))
    #expect(times.inclusive[1] == 50 && abs(times.inclusive[2] - 800) < 0.001 && abs(times.exclusive[0] - 150) < 0.001)
  }

  @Test("numbers that no server prints neither crash nor show as others")
  func hostileNumbers() throws {
    for number in ["-0.5", "1e300", "-1e300", "0"] {
      let text =
        "[{\"Plan\": {\"Node Type\": \"X\", \"Total Cost\": \(number), \"Plan Rows\": \(number), \"Actual Loops\": \(number), \"Actual Rows\": 1, \"Actual Total Time\": \(number)}}]"
      _ = ExplainAnalysis(try ExplainReader.read(Array(text.utf8)))
    }
    #expect(Units.short(1e300).text.hasSuffix("M") && Int(clamped: .nan) == 0 && Int(clamped: -.infinity) == Int(-1e15))
    #expect(throws: ExplainProblem.self) {
      try ExplainReader.read(Array("[{\"Plan\": {\"Node Type\": \"X\", \"Total Cost\": 1e999}}]".utf8))
    }
  }

  @Test("a parameter is found by its whole number")
  func parameters() {
    #expect(ExplainParameters.parameters(of: "InitPlan 2 (returns $1,$2)") == ["$1", "$2"])
    #expect(ExplainParameters.parameters(of: "InitPlan 2") == ["(InitPlan 2)"])
    #expect(ExplainParameters.contains("$1", in: "(a > $1)") && !ExplainParameters.contains("$1", in: "(a > $10)"))
    #expect(ExplainParameters.contains("(InitPlan 1)", in: "(a > (InitPlan 1).col1)"))
  }
}
