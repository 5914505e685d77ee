import TestKit
import Testing

@testable import OpsModel

@Suite("Text from outside is escaped, and nothing is dropped")
struct SafeTextTests {
  @Test(
    "control characters, C1, bidi and zero-width scalars show as escapes",
    arguments: [
      ("\u{1B}[31mred", "\\x1b[31mred"),
      ("a\u{07}b", "a\\x07b"),
      ("tab\tline\nend\r", "tab\\tline\\nend\\r"),
      ("del\u{7F}", "del\\x7f"),
      ("csi\u{9B}1m", "csi\\u{9b}1m"),
      ("prod\u{202E}gnigats", "prod\\u{202e}gnigats"),
      ("que\u{200B}ue", "que\\u{200b}ue"),
      ("a\u{00AD}b", "a\\u{ad}b"),
      ("a\u{FEFF}b", "a\\u{feff}b"),
      ("nb\u{00A0}sp", "nb\\u{a0}sp"),
      ("tag\u{E0041}", "tag\\u{e0041}"),
      ("e\u{FE0F}", "e\\u{fe0f}"),
      ("plain ASCII ~", "plain ASCII ~"),
      ("Grüße, 日本", "Grüße, 日本"),
    ])
  func escapes(raw: String, shown: String) {
    #expect(SafeText(escaping: raw).text == shown)
  }

  @Test("invalid UTF-8 shows byte by byte: overlong forms, surrogates, lone bytes, a cut sequence")
  func invalidBytes() {
    #expect(SafeText(bytes: [0x9B, 0x41]).text == "\\x9bA")
    #expect(SafeText(bytes: [0xC0, 0xAF]).text == "\\xc0\\xaf")
    #expect(SafeText(bytes: [0xED, 0xA0, 0x80]).text == "\\xed\\xa0\\x80")
    #expect(SafeText(bytes: [0xE2, 0x82]).text == "\\xe2\\x82")
    #expect(SafeText(bytes: [0xF5, 0x80]).text == "\\xf5\\x80")
    #expect(SafeText(bytes: [0xE2, 0x82, 0xAC]).text == "€")
    #expect(SafeText(bytes: [0xF0, 0x9F, 0x41]).text == "\\xf0\\x9fA")
  }

  @Test("every byte value alone and in UTF-8 stays free of control scalars")
  func allBytes() {
    for byte in UInt8.min...UInt8.max {
      Self.check(SafeText(bytes: [byte, 0x41]))
      Self.check(SafeText(escaping: String(Unicode.Scalar(byte))))
    }
  }

  @Test("random bytes never yield a control, format or private scalar")
  func randomBytes() {
    var generator = Seeded("safe text")
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      Self.check(SafeText(bytes: bytes))
    }
  }

  private static func check(_ text: SafeText) {
    for scalar in text.text.unicodeScalars {
      let category = scalar.properties.generalCategory
      #expect(category != .control && category != .format && category != .privateUse && category != .unassigned)
    }
  }

  @Test("ten thousand combining marks become two and one sign")
  func markFlood() {
    let flood = "e" + String(repeating: "\u{0301}", count: 10_000) + "x"
    #expect(SafeText(escaping: flood).text == "e\u{0301}\u{0301}…x")
    #expect(SafeText(escaping: "\u{0301}a").text == "\u{25CC}\u{0301}a")
  }

  @Test("megabytes are cut, and it shows")
  func hugeText() {
    let text = SafeText(bytes: [UInt8](repeating: 0x41, count: 10_000_000))
    #expect(text.text.count == SafeText.limit + 1)
    #expect(text.text.hasSuffix("…"))
  }

  @Test("interpolation takes safe text and numbers")
  func interpolation() {
    let outside = SafeText(escaping: "\u{1B}x")
    let whole: SafeText = "queue \(outside): \(12) ready"
    #expect(whole.text == "queue \\x1bx: 12 ready")
  }
}
