import OpsModel
import StrictYAML
import Testing

@testable import Runbooks

@Suite("Secrets in what programs print")
struct SecretMaskTests {
  private static let secret = "s3cr\"et/+pass word"
  private var bytes: [UInt8] { Array(Self.secret.utf8) }

  private func printed(_ chunks: [[UInt8]]) throws -> String {
    var mask = try SecretMask([bytes])
    var out: [UInt8] = []
    for chunk in chunks { out += mask.take(chunk) }
    return String(decoding: out + mask.finish(), as: UTF8.self)
  }

  @Test("split between two reads at every place it never comes through, and nothing else is lost")
  func split() throws {
    let whole = Array("before \(Self.secret) and again \(Self.secret)s3cr after".utf8)
    for place in 0...whole.count {
      #expect(try printed([Array(whole[..<place]), Array(whole[place...])]) == "before •••••• and again ••••••s3cr after")
    }
    #expect(try printed(whole.map { [$0] }) == "before •••••• and again ••••••s3cr after")
  }

  @Test("in base64 at each of its three places, in a URL and in JSON")
  func forms() throws {
    for prefix in ["", "a", "ab", "user:"] {
      let coded = Base64Text.encode(Array("\(prefix)\(Self.secret)tail".utf8))
      let shown = try printed([Array(coded.utf8)])
      #expect(shown.contains("••••••"), "\(prefix): \(shown)")
    }
    #expect(try printed([Array("x=s3cr%22et%2F%2Bpass%20word&y".utf8)]) == "x=••••••&y")
    #expect(try printed([Array("x=s3cr%22et%2f%2bpass%20word&y".utf8)]) == "x=••••••&y")
    #expect(try printed([Array(#"{"p":"s3cr\"et/+pass word"}"#.utf8)]) == #"{"p":"••••••"}"#)
  }

  @Test("what only begins like it is shown when it is over")
  func prefix() throws {
    #expect(try printed([Array("s3cr".utf8), Array("et".utf8)]) == "s3cret")
    var mask = try SecretMask([bytes])
    #expect(mask.take(Array("ab#".utf8)) == Array("ab#".utf8), "what can not begin it is not held back")
  }

  @Test("a line that ends as it begins is shown at once, and colours that it has no part in come out as they went in")
  func lines() throws {
    var mask = try SecretMask([bytes])
    #expect(mask.take(Array("is\n".utf8)) == Array("is\n".utf8))
    #expect(mask.take(Array("s\n".utf8)) == [], "a program that prints a character a line begins so")
    #expect(mask.take(Array("no\n".utf8)) == Array("s\nno\n".utf8))
    let coloured = "\u{1B}[31mred\u{1B}[m s\u{1B}[1m3\u{1B}]8;;http://a\u{1B}\\\u{1B}(B done\n"
    #expect(try printed([Array(coloured.utf8)]) == coloured)
    #expect(try printed([Array("\u{1B}[31ms3c\u{1B}[1mr\"et/+pass wor\u{1B}[md\u{1B}[m\n".utf8)]) == "\u{1B}[31m••••••\u{1B}[m\n")
  }

  @Test("the worst of what may be printed costs no more than its length", .timeLimit(.minutes(1)))
  func cost() throws {
    for piece in ["s\\", "\\", "s\u{1B}]", "s%25", "&amp;", "s\n", "\u{1B}[31ms\u{1B}[m", "73 "] {
      let text = [UInt8](String(repeating: piece, count: 4_000 / piece.utf8.count).utf8)
      #expect(try printed([text]).utf8.count <= text.count)
    }
  }

  @Test("a secret that is found in everything is refused")
  func short() {
    #expect(throws: ShortSecret.self) { try SecretMask([Array("12345".utf8)]) }
    #expect(throws: Never.self) { try SecretMask([[]]) }
  }

  @Test("pauses grow to their limit, and full jitter takes a part of them")
  func pauses() {
    var retry = Retry()
    retry.hasJitter = false
    #expect((1...8).map { retry.pause(before: $0, random: 1) } == [0, 1, 2, 4, 8, 16, 32, 60])
    retry.hasJitter = true
    #expect(retry.pause(before: 4, random: 0.5) == 2)
    #expect(retry.pause(before: 4, random: 0) == 0)
  }

  @Test("hosts go in batches, the last size again and again")
  func batches() {
    var strategy = Strategy()
    strategy.batches = [.count(1), .percent(25), .percent(50)]
    let hosts = (1...10).map { "web-\($0)" }
    #expect(strategy.batches(of: hosts).map(\.count) == [1, 3, 5, 1])
    #expect(strategy.batches(of: hosts).flatMap { $0 } == hosts)
    #expect(strategy.batches(of: []) == [])
    strategy.batches = []
    #expect(strategy.batches(of: hosts).count == 1)
  }

  @Test("what was given is bound, and everything that is wrong with it is told")
  func binding() throws {
    var queue = Parameter(name: "queue", kind: .queue, mark: .init(line: 1, column: 1))
    queue.isRequired = true
    var limit = Parameter(name: "limit", kind: .int, mark: .init(line: 1, column: 1))
    limit.fallback = .int(5)
    #expect(try ParameterBinding.bind(["queue": ["default"]], to: [queue, limit]) == ["queue": .text("default"), "limit": .int(5)])
    do throws(ParameterBinding.Problems) {
      _ = try ParameterBinding.bind(["limt": ["3"], "limit": ["x"]], to: [queue, limit])
      Issue.record("it was bound")
    } catch {
      #expect(
        error.list == ["there is no parameter limt; did you mean limit?", "queue: it is missing", "limit: it is a whole number"])
    }
  }
}
