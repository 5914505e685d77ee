import Canvas
import Foundation
import TestKit

/// Streams of bytes as terminals send them: known keys, and sequences that are none.
struct KeyStreams {
  struct Part {
    let bytes: [UInt8]
    /// The names of the keys that come out.
    let keys: [String]
    /// A key that only silence ends.
    var isAlone = false
  }

  var random: Seeded

  static let escape: UInt8 = 0x1B
  static func csi(_ text: String) -> [UInt8] { [escape] + Array("[\(text)".utf8) }
  static func ss3(_ text: String) -> [UInt8] { [escape] + Array("O\(text)".utf8) }

  typealias Known = (bytes: [UInt8], key: String)

  /// Keys as xterm, PuTTY, rxvt, screen, the Linux console and kitty send them.
  static let known: [Known] = {
    var out: [Known] = []
    out += plain
    out += arrows
    out += table(numbered, csi)
    out += table(functions, csi)
    out += table(rxvt, csi)
    out += table(coded, csi)
    out += table(single, ss3)
    out += modified
    out += [([escape, 0x6A], "Alt-j"), ([escape, 0x33], "Alt-3"), ([0x9B, 0x42], "Down"), ([0x8F, 0x50], "F1")]
    out.append(([escape, escape, 0x5B, 0x41], "Alt-Up"))
    return out
  }()

  private static func table(_ keys: [String: String], _ make: (String) -> [UInt8]) -> [Known] { keys.map { (make($0.key), $0.value) } }

  private static let plain: [Known] = {
    var out: [Known] = [
      ([0x0D], "Enter"), ([0x0A], "Enter"), ([0x09], "Tab"), ([0x7F], "Backspace"), ([0x08], "Backspace"), ([0x20], "Space"),
      ([0x12], "Ctrl-R"),
    ]
    for character in "aZ09~:/?[O;müß日😀" { out.append((Array(String(character).utf8), String(character))) }
    return out
  }()

  private static let arrows: [Known] = {
    let keys: [String: String] = ["A": "Up", "B": "Down", "C": "Right", "D": "Left", "H": "Home", "F": "End"]
    return table(keys, csi) + table(keys, ss3)
  }()

  private static let numbered: [String: String] = [
    "1~": "Home", "7~": "Home", "4~": "End", "8~": "End", "2~": "Insert", "3~": "Delete", "5~": "PgUp", "6~": "PgDn", "Z": "Shift-Tab",
  ]

  private static let functions: [String: String] = [
    "[A": "F1", "[B": "F2", "[C": "F3", "[D": "F4", "[E": "F5", "11~": "F1", "12~": "F2", "13~": "F3", "14~": "F4", "15~": "F5",
    "17~": "F6",
    "18~": "F7", "19~": "F8", "20~": "F9", "21~": "F10", "23~": "F11", "24~": "F12",
  ]

  private static let rxvt: [String: String] = [
    "a": "Shift-Up", "d": "Shift-Left", "7$": "Shift-Home", "7^": "Ctrl-Home", "7@": "Ctrl-Shift-Home", "6^": "Ctrl-PgDn",
  ]

  private static let single: [String: String] = [
    "P": "F1", "Q": "F2", "R": "F3", "S": "F4", "a": "Ctrl-Up", "M": "Enter", "p": "0", "y": "9", "n": ".", "k": "+", "j": "*",
  ]

  private static let coded: [String: String] = [
    "97;5u": "Ctrl-A", "13u": "Enter", "27u": "Esc", "106;3u": "Alt-j", "97:65;2u": "A", "57414u": "Enter", "27;5;114~": "Ctrl-R",
    "27;2;33~": "!",
  ]

  private static let modified: [Known] = {
    let names = ["Shift-", "Alt-", "Alt-Shift-", "Ctrl-", "Ctrl-Shift-", "Ctrl-Alt-", "Ctrl-Alt-Shift-"]
    var out: [Known] = []
    for (index, name) in names.enumerated() {
      let number = index + 2
      out += [
        (csi("1;\(number)A"), name + "Up"), (csi("1;\(number)H"), name + "Home"), (csi("1;\(number)P"), name + "F1"),
        (csi("6;\(number)~"), name + "PgDn"), (csi("15;\(number)~"), name + "F5"), (ss3("\(number)P"), name + "F1"),
        (ss3("1;\(number)C"), name + "Right"), (csi("1;\(number):1B"), name + "Down"), (csi("1;\(number):2B"), name + "Down"),
      ]
    }
    return out
  }()

  /// A part of a stream, chosen at random.
  mutating func part() -> Part {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return Part(bytes: [Self.escape], keys: ["Esc"], isAlone: true)
    case 1...4:
      let key = Self.known[Int.random(in: 0..<Self.known.count, using: &random)]
      return Part(bytes: key.bytes, keys: [key.key])
    default: return Part(bytes: foreign(), keys: [])
    }
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  private mutating func text(_ length: Int) -> String {
    let letters = Array("abcXYZ0123456789;:/+=? qQ~[]{}()")
    return String((0..<length).map { _ in letters[number(0...letters.count - 1)] })
  }

  /// A sequence that is no key.
  private mutating func foreign() -> [UInt8] {
    let (x, y) = (number(1...300), number(1...90))
    switch number(0...13) {
    case 0: return Self.csi(["I", "O", "G", "E", "200z", "[Z"][number(0...5)])
    case 1: return Self.csi("<\(number(0...99));\(x);\(y)\(Bool.random(using: &random) ? "M" : "m")")
    case 2: return Self.csi("M") + [UInt8(number(0x20...0x7E)), UInt8(number(0x21...0x7E)), UInt8(number(0x21...0x7E))]
    case 3: return Self.csi("M") + Array("\(Unicode.Scalar(UInt8(number(0x20...0x7E))))\(Unicode.Scalar(UInt16(x + 32))!)!".utf8)
    case 4: return Self.csi("\(number(32...99));\(x);\(y)M")
    case 5: return Self.csi("?\(number(1...64));\(number(0...9))c")
    case 6: return Self.csi(">\(number(0...99));\(number(100...999));0c")
    case 7: return Self.csi("\(y + 1);\(x)R")
    case 8: return Self.csi("?\(number(1...2048));\(number(0...4))$y")
    case 9:
      return Self.csi(
        ["8;\(y);\(x)t", "4;\(y);\(x)t", "48;\(y);\(x);0;0t", "?997;1n", "?0u", "97;1:3u", "1;1:3A", "57358u"][number(0...7)])
    default: return string()
    }
  }

  private mutating func string() -> [UInt8] {
    let introducer = ["]", "P", "_", "^", "X"][number(0...4)]
    let payload = text(number(0...40)) + (Bool.random(using: &random) ? "é日" : "")
    let end: [UInt8] = introducer == "]" && Bool.random(using: &random) ? [0x07] : [Self.escape, 0x5C]
    return [Self.escape] + Array("\(introducer)\(payload)".utf8) + end
  }
}
