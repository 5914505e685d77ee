import Foundation
import TestKit
import Testing

@testable import StrictYAML

@Suite("YAML: text is text, and an anchor, an alias or a tag is refused where it stands")
struct BlockScalarTests {
  /// Values that hold everything that means something elsewhere, as lines at an indentation.
  private static let lines = [
    "*) echo other;;", "! grep -q broken /etc/hostname", "[ ! -e /x ] || exit 0", "rm -f [ *.log ]", "{ &a }", "&& echo yes", "* a list",
    "&x [1, 2]", "!!python/object {}", "- *x", "key: *x", "? *x", "it's rock 'n roll", "say \"so", "# no comment: *x", "\t*tab", "%TAG ! x",
    "--- *x", "case \"$1\" in", "echo \\", "trailing: |", "<<: *base", "'", "\"", "a: 'b", "", "ünï: *x",
  ]

  private func value(_ text: String, _ key: String = "v") throws -> String? {
    guard case .map(let entries, _) = try YAMLReader.read(text),
      case .scalar(let found, _, _) = entries.first(where: { $0.key == key })?.value
    else { return nil }
    return found
  }

  private func place(_ text: String) -> YAMLNode.Mark? { AliasFinder.firstAliasOrTag(in: text) }

  @Test(
    "a block scalar in every form keeps its lines", arguments: ["|", "|-", "|+", ">", ">-", "|2", "|2-", "|-2", ">+2", "| # *x", "|-\t"])
  func forms(header: String) throws {
    for line in Self.lines where !line.isEmpty {
      let text = "v: \(header)\n  first\n  \(line)\n  last\nw: 1\n"
      #expect(place(text) == nil, "\(header) \(line)")
      let found = try #require(try value(text), "\(header) \(line)")
      #expect(found.contains(line.trimmingCharacters(in: .whitespaces)), "\(header) \(line): \(found)")
    }
  }

  @Test("siblings of many kinds beside each other hide nothing, and the alias behind them is refused at its line and column")
  func siblings() throws {
    var numbers = Seeded("yaml siblings")
    for round in 0..<2000 {
      let text = (0..<Int.random(in: 1...6, using: &numbers)).map { sibling($0, &numbers) }.joined()
      let ends = Bool.random(using: &numbers) ? text : text.replacing("\n", with: "\r\n")
      #expect(place(ends) == nil, "round \(round): \(ends)")
      #expect(throws: Never.self, "round \(round): \(ends)") { _ = try YAMLReader.read(ends) }
      let (bad, column) = Self.bad.randomElement(using: &numbers) ?? ("b: *x", 4)
      let line = text.count { $0 == "\n" } + 1
      #expect(place(ends + bad + "\n") == .init(line: line, column: column), "round \(round): \(ends)\(bad)")
    }
  }

  /// Where YAML has an anchor, an alias or a tag, and at which column.
  private static let bad = [
    ("b: *x", 4), ("b: &x 1", 4), ("b: !t 1", 4), ("b: [1, *x]", 8), ("b: {k: &x 1}", 8), ("? *x", 3), ("*x : 1", 1),
    ("b: !!str 1", 4), ("b: ! 1", 4), ("b:   *x", 6), ("b: [ *x ]", 6), ("&x b: 1", 1), ("<<: *x", 5), ("b: !e!foo 1", 4),
    ("b: {*x : 1}", 5),
  ]

  private func sibling(_ number: Int, _ numbers: inout Seeded) -> String {
    func line() -> String { Self.lines.randomElement(using: &numbers) ?? "" }
    let key = "k\(number)"
    let block = "|\n    begin\n    \(line())\n\n    \(line())\n"
    switch Int.random(in: 0..<10, using: &numbers) {
    case 0: return "\(key): \(block)"
    case 1: return "\(key): >+2\n    \(line())\n    \(line())\n"
    case 2: return "\(key):\n  - \(block)  - [a, b]\n"
    case 3: return "\(key): plain text\n  over 'several lines & more ! of * it\n  it's so\n"
    case 4: return "\(key): 'quoted *x over\n  several &y lines, it''s !z'\n"
    case 5: return "\(key): \"quoted *x \\\"&y\\\"\n  !z [ *a\"\n"
    case 6: return "# it's a comment: *x &y !z [ *a\n\(key): 1 # 'another &x\n"
    case 7: return "\(key): rock 'n roll\n"
    case 8: return "\(key): [a, 'b *c', \"d &e\", f'g !h, i*j, k&l]\n"
    default: return "\(key): {a: 'b *c', d: e!f}\n\n"
    }
  }

  @Test("an alias behind an odd apostrophe is refused, and so is one in each place that YAML has for it")
  func behind() {
    #expect(place("title: rock 'n roll\na: &x [1, 2]\nb: *x\n") == .init(line: 2, column: 4))
    #expect(place("a: |\n  *x\nb: *y\n") == .init(line: 3, column: 4))
    #expect(place("- |\n  &x\n- - *y\n") == .init(line: 3, column: 5))
    #expect(place("a: [\"*\", '*',\n  *y]\n") == .init(line: 2, column: 3))
    #expect(place("a:\n  &y\n  b: 1\n") == .init(line: 2, column: 3))
    #expect(place("ü: \"ü\"\nä: *y\n") == .init(line: 2, column: 4))
  }

  @Test(
    "what can be neither text nor an alias says that it needs quotes",
    arguments: ["a: *.log\n", "a: [ *.log ]\n", "a: & b\n", "a: !<x 1\n"])
  func quotes(text: String) {
    let column = text.contains("[") ? 6 : 4
    #expect(throws: YAMLProblems.self) { _ = try YAMLReader.read(text) }
    guard case .needsQuotes(let mark) = AliasFinder.find(in: text, limit: 32) else {
      Issue.record("\(text): \(String(describing: AliasFinder.find(in: text, limit: 32)))")
      return
    }
    #expect(mark == .init(line: 1, column: column))
  }

  @Test("a few hundred bytes that stand for gigabytes are refused before anything is made of them, and so is nesting without end")
  func bombs() {
    let levels = (1...30).map { "a\($0): [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]" }
    let bomb = "a0: &a0 [x]\n" + levels.joined(separator: "\n")
    #expect(AliasFinder.find(in: bomb, limit: 32) == .aliasOrTag(.init(line: 1, column: 5)))
    for deep in [String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000), String(repeating: "{a: ", count: 9999)] {
      guard case .tooDeep? = AliasFinder.find(in: deep, limit: 32) else {
        Issue.record("\(deep.prefix(8))")
        continue
      }
    }
  }

  @Test("every shell script of this host is itself again as a literal block")
  func scripts() throws {
    var count = 0
    for folder in ["/usr/bin", "/usr/sbin", "/etc/init.d", "/usr/lib/init", "/etc/cron.daily", "/usr/share/debconf"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names.sorted() where count < 400 {
        guard let script = script("\(folder)/\(name)") else { continue }
        count += 1
        let block = script.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }.joined(
          separator: "\n")
        let text = "v: |2-\n\(block)\n"
        #expect(place(text) == nil, "\(folder)/\(name)")
        #expect(try value(text) == script, "\(folder)/\(name)")
      }
    }
    #expect(count > 10, "this host has next to no scripts: the test proves nothing")
  }

  /// Without the line ends at its end; nil for what is no script of a shell, or holds what YAML cannot.
  private func script(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count < 65_536, data.prefix(2) == Data("#!".utf8),
      let text = String(data: data, encoding: .utf8), text.prefix(40).contains("sh")
    else { return nil }
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n" || scalar == "\t" || (0x20..<0x7F).contains(scalar.value) || (0xA0..<0x2028).contains(scalar.value)
    }
    guard isPlain else { return nil }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
