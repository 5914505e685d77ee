import OpsModel
import Testing

@testable import Connectors

@Suite("Expositions, line by line")
struct ExpositionTests {
  private static func read(_ text: String) -> (samples: [MetricSample], reader: ExpositionReader) {
    var reader = ExpositionReader()
    var samples: [MetricSample] = []
    reader.read(Array(text.utf8)) { _ in
      true
    } take: {
      samples.append($0)
    }
    return (samples, reader)
  }

  private static func one(_ line: String) -> MetricSample? { read(line).samples.first }

  @Test(
    "numbers in every form that servers write",
    arguments: [
      ("a 1", 1.0), ("a 1.0E8", 1e8), ("a 1e-05", 1e-5), ("a +Inf", .infinity), ("a -inf", -.infinity), ("a 0x10", 16), ("a  \t3", 3),
      ("a 5 1000", 5),
      ("a 5 1795247913.195", 5), ("a 7 # {trace_id=\"x\"} 0.5 1.2", 7), ("a 1\r", 1), ("a{} 2", 2), ("a{b=\"c\",} 4", 4), ("  a 6", 6),
    ])
  func numbers(_ line: String, _ value: Double) {
    #expect(Self.one(line)?.value == value)
  }

  @Test("NaN is a number that is none")
  func nan() { #expect(Self.one("a nan")?.value.isNaN == true) }

  @Test("labels with escapes, and a name in quotes")
  func labels() {
    let sample = Self.one(#"m{l="a\"b\\c\nd\x",k = "日本"} 1"#)
    #expect(sample?.label("l") == "a\"b\\c\ndx" && sample?.label("k") == "日本")
    let quoted = Self.one(#"{"my.metric","a.b"="c"} 1"#)
    #expect(quoted?.name == "my.metric" && quoted?.label("a.b") == "c")
  }

  @Test(
    "what can not be read is counted, and the rest is kept",
    arguments: [
      #"q{queue="mail"q"} 1"#, "a", "a one", "a{b=1} 1", "a{b=\"c\" 1", "a{b=\"c} 1", "1a 1", "a 1 x", "<html><body>", "{} 1",
      "a{=\"x\"} 1", "a{b=\"c\" d=\"e\"} 1",
      "\u{00}\u{01} 1",
    ])
  func malformed(_ line: String) {
    let found = Self.read("first 1\n" + line + "\nlast 2\n")
    #expect(found.samples.map(\.name) == ["first", "last"] && found.reader.malformed == 1, "\(line)")
  }

  @Test("comments in any order, blank lines, a missing last newline and what follows the end mark")
  func tolerant() {
    let found = Self.read("# TYPE a gauge\n\n# HELP a says\na 1\n   \n# EOF\nb 2")
    #expect(found.samples.map(\.name) == ["a"] && found.reader.hasEnd && found.reader.malformed == 0)
    #expect(Self.read("a 1").samples.count == 1)
  }

  @Test("more series than are taken are cut, and it is said")
  func cut() {
    let text = (0..<(ExpositionReader.mostSeries + 10)).map { "a{i=\"\($0)\"} 1\n" }.joined()
    var reader = ExpositionReader()
    reader.read(Array(text.utf8)) { _ in
      false
    } take: { _ in
    }
    #expect(reader.series == ExpositionReader.mostSeries && reader.isCut)
  }

  @Test("random bytes never trap")
  func fuzz() {
    var generator = SystemRandomNumberGenerator()
    let signs = Array("a{}=\",\\ \n\r\t#0.eE+-NI\u{00}\u{80}\u{FF}".utf8)
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in signs.randomElement(using: &generator) ?? 0 }
      var reader = ExpositionReader()
      reader.read(bytes) { _ in
        true
      } take: { _ in
      }
    }
  }

  @Test("a metric is known behind an application's prefix, and not inside another word")
  func names() {
    var names = MetricNames(["process_open_fds", "up"])
    #expect(names.canonical("process_open_fds") == "process_open_fds" && names.canonical("shop_process_open_fds") == "process_open_fds")
    #expect(names.canonical("my_process_open_fds_total") == nil && names.canonical("setup") == nil)
  }

  @Test("Retry-After in seconds and as a date")
  func retryAfter() {
    #expect(HTTPDate.wait("7", now: 0) == 7)
    #expect(HTTPDate.wait("Sun, 06 Nov 1994 08:49:37 GMT", now: 784_111_770) == 7)
    #expect(HTTPDate.wait("Sun, 06 Nov 1994 08:49:37 GMT", now: 900_000_000) == 0)
    #expect(HTTPDate.wait("soon", now: 0) == nil)
  }
}
