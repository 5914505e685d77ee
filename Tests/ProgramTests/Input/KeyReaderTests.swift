import Canvas
import Foundation
import TestKit
import Testing

@testable import Terminal

@Suite("No byte that is not a key acts as one")
struct KeyReaderTests {
  /// Reads pieces, each some seconds after the last, and lets time pass at the end.
  private func keys(_ pieces: [[UInt8]], apart seconds: Double = 0.1, _ reader: KeyReader = KeyReader()) -> [String] {
    var reader = reader
    var now = 100.0
    var events: [TerminalEvent] = []
    for piece in pieces {
      events += reader.pass(now) + reader.read(piece, at: now)
      now += seconds
    }
    events += reader.pass(now + 1)
    return events.map { event in
      switch event {
      case .key(let key): key.description
      case .paste(let text): "paste \(text)"
      case .answer: "answer"
      }
    }
  }

  private func keys(_ text: String) -> [String] { keys([Array(text.utf8)]) }

  @Test("every known key is its key, in one piece and byte by byte 100 ms apart")
  func known() {
    for (bytes, key) in KeyStreams.known {
      #expect(keys([bytes]) == [key], "\(bytes)")
      #expect(keys(bytes.map { [$0] }) == [key], "\(bytes)")
    }
  }

  @Test("exactly the keys that were put into a stream come out, wherever it is split")
  func streams() {
    var streams = KeyStreams(random: Seeded("key streams"))
    for _ in 0..<Amount.of(100_000) {
      var reader = KeyReader()
      var (now, expected, found, sent) = (0.0, [String](), [TerminalEvent](), [[UInt8]]())
      for _ in 0..<Int.random(in: 1...6, using: &streams.random) {
        let part = streams.part()
        expected += part.keys
        sent.append(part.bytes)
        var rest = part.bytes[...]
        while !rest.isEmpty {
          let piece = rest.prefix(Int.random(in: 1...rest.count, using: &streams.random))
          rest = rest.dropFirst(piece.count)
          found += reader.pass(now) + reader.read(Array(piece), at: now)
          now += Double.random(in: 0...0.1, using: &streams.random)
        }
        if part.isAlone { now += KeyReader.alone }
      }
      found += reader.pass(now + 1)
      guard found != expected.map({ .key(Key($0)) }) else { continue }
      Issue.record("wanted \(expected), found \(found) in \(sent)")
      return
    }
  }

  @Test("what the keys of any terminal send is one key or none: it never falls apart into Esc and letters")
  func terminfo() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "terminfo-keys.txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count > 800)
    let keypad = Set("0123456789.,+-*/=".map(String.init) + ["Space"])
    for line in lines {
      let bytes = Array(
        line.replacingOccurrences(of: "\\\\", with: "\u{0}").replacingOccurrences(of: "\\E", with: "\u{1B}")
          .replacingOccurrences(of: "\u{0}", with: "\\").utf8)
      for found in [keys([bytes]), keys(bytes.map { [$0] })] {
        #expect(found.count <= 1 && found != ["Esc"], "\(line): \(found)")
        #expect(found.allSatisfy { $0.count > 1 || (line.hasPrefix("\\EO") && keypad.contains($0)) }, "\(line): \(found)")
      }
    }
  }

  @Test("Esc is a key where nothing follows it for 150 ms, and twice where it came twice")
  func escape() {
    var reader = KeyReader()
    let (read, deadline) = (reader.read([0x1B], at: 10), reader.deadline)
    let (early, due) = (reader.pass(10.149), reader.pass(10.151))
    #expect(read == [] && deadline == 10.15 && early == [] && due == [.key(.escape)])
    #expect(reader.deadline == nil)
    #expect(keys([[0x1B, 0x1B]]) == ["Esc", "Esc"])
    #expect(keys([[0x1B], [0x71]], apart: 0.2) == ["Esc", "q"])
  }

  @Test(
    "Esc is a key where a report follows it at once, and the report is one",
    arguments: [
      "\u{1B}[I", "\u{1B}[<35;10;4M", "\u{1B}[M !!", "\u{1B}[24;80R", "\u{1B}[?62;22c", "\u{1B}]11;rgb:0/0/0\u{7}", "\u{1B}P>|x\u{1B}\\",
      "\u{1B}[8;24;80t",
    ])
  func before(_ report: String) {
    #expect(keys("\u{1B}\(report)z") == ["Esc", "z"])
    #expect(keys(Array("\u{1B}\(report)z".utf8).map { [$0] }) == ["Esc", "z"])
  }

  @Test("an answer and a paste behind Esc take nothing from it, and a key with Alt stays one")
  func behind() {
    #expect(keys("\u{1B}\u{1B}[0nq") == ["Esc", "answer", "q"])
    #expect(keys("\u{1B}\u{1B}[200~a\u{1B}[201~") == ["Esc", "paste a"])
    #expect(keys("\u{1B}\u{1B}[A") == ["Alt-Up"] && keys("\u{1B}\u{1B}[99~") == [])
  }

  @Test("bytes that waited while the program was busy are not late")
  func busy() {
    var reader = KeyReader()
    let (first, rest) = (reader.read([0x1B], at: 10), reader.read(Array("[B".utf8), at: 15))
    #expect(first == [] && rest == [.key(.down)])
  }

  @Test(
    "an unfinished sequence ends after one second of silence, and nothing of it acts",
    arguments: ["\u{1B}[12", "\u{1B}O", "\u{1B}]11;rgb:", "\u{1B}P1$r", "\u{1B}[M ", "\u{1B}[[", "\u{1B}(", "\u{1B}]0;x\u{1B}"])
  func silence(_ text: String) {
    #expect(keys([Array(text.utf8), Array("z".utf8)], apart: 1.1) == ["z"])
    #expect(keys([Array(text.utf8), Array("z".utf8)], apart: 0.9).filter { $0 != "Alt-z" } == [])
  }

  @Test("a new sequence ends the one that is open")
  func cut() {
    #expect(keys("\u{1B}[12\u{1B}[A") == ["Up"])
    #expect(keys("\u{1B}]0;title\u{1B}[B") == ["Down"])
    #expect(keys("\u{1B}[M \u{1B}[B") == ["Down"])
    #expect(keys("\u{1B}[12\u{18}j") == ["j"])
  }

  @Test("a paste is text, also where it holds keys, escapes and broken characters")
  func paste() {
    #expect(keys("\u{1B}[200~q:quit\r\u{1B}[A\u{1B}[20\u{1B}[201~j") == ["paste q:quit\r\u{1B}[A\u{1B}[20", "j"])
    #expect(keys([Array("\u{1B}[200~".utf8) + [0xFF, 0x61, 0xC3] + Array("\u{1B}[201~".utf8)]) == ["paste a"])
  }

  @Test("the rest of a paste that stood still for a second is no keys")
  func torn() {
    let pieces = ["\u{1B}[200~first half", "qqqqqqqq second half", "\u{1B}[201~", "j"].map { Array($0.utf8) }
    #expect(keys(pieces, apart: 1.5) == ["paste first half", "paste qqqqqqqq second half", "j"])
    // What a hand types after it is keys again.
    #expect(keys(["\u{1B}[200~half", "j", "k"].map { Array($0.utf8) }, apart: 1.5) == ["paste half", "j", "k"])
  }

  @Test("half a character does not hold back the next key", arguments: [[0xFF], [0xC3], [0xF0, 0x9F], [0xE6, 0x97]] as [[UInt8]])
  func broken(_ bytes: [UInt8]) { #expect(keys([bytes + Array("j\u{1B}OB".utf8)]) == ["j", "Down"]) }

  @Test(
    "three characters behind a mouse report belong to it, whatever they are",
    arguments: [[0x20, 0x00, 0x71], [0x20, 0x06, 0x54], [0x20, 0x0D, 0x54], [0x00, 0x7F, 0xFF], [0x20, 0xC4, 0x80, 0x21]] as [[UInt8]])
  func mouse(_ behind: [UInt8]) {
    let bytes = Array("\u{1B}[M".utf8) + behind
    #expect(keys([bytes + [0x6A]]) == ["j"] && keys((bytes + [0x6A]).map { [$0] }) == ["j"])
  }

  @Test("controls are no codes of keys", arguments: [1, 3, 4, 8, 26, 28])
  func codes(_ code: Int) { #expect(keys("\u{1B}[\(code)u\u{1B}[27;5;\(code)~") == []) }

  @Test("a broken character before a control of eight bits hides no introducer", arguments: [0xE0, 0xF0, 0xC3, 0xFF] as [UInt8])
  func hidden(_ lead: UInt8) { #expect(keys([[lead, 0x9B] + Array("<0;1;1Mj".utf8)]).suffix(1) == ["j"]) }

  @Test("the answer to a status request is no key")
  func answer() { #expect(keys("a\u{1B}[0nb") == ["a", "answer", "b"]) }

  @Test("keys that only the terminal's description knows")
  func described() {
    let reader = KeyReader(
      described: DescribedKeys([
        ("kcuu1", [0x1B, 0x41]), ("kf1", [0x01, 0x40, 0x0D]), ("kf2", Array("\u{1B}F2".utf8)), ("khome", Array("\u{1B}[224z".utf8)),
        ("kcub1", [0x08]), ("kcud1", [0x0B]),
      ]))
    #expect(keys([[0x1B, 0x41]], reader) == ["Up"])
    #expect(keys([[0x01, 0x40], [0x0D, 0x6A]], apart: 0.1, reader) == ["F1", "j"])
    #expect(keys([[0x01, 0x6A]], reader) == ["Ctrl-A", "j"])
    #expect(keys([[0x01]], reader) == ["Ctrl-A"])
    #expect(keys([Array("\u{1B}F2\u{1B}[224z".utf8)], reader) == ["F2", "Home"])
    #expect(keys([[0x08, 0x0B]], reader) == ["Backspace", "Down"], "no description makes Backspace an arrow")
  }

  private func keys(_ pieces: [[UInt8]], _ reader: KeyReader) -> [String] { keys(pieces, apart: 0.1, reader) }

  @Test("random bytes end nothing and fill no memory")
  func random() {
    var random = Seeded("random keys")
    var reader = KeyReader()
    var most = 0
    for block in 0..<Amount.of(10_000_000) / 1000 {
      let bytes = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = reader.read(bytes, at: Double(block))
      most = max(most, reader.kept)
    }
    #expect(most <= 40_000)
  }
}
