import Foundation

/// The rules by which the spellings are made.
extension Spelling {
  static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  static func padded(_ digits: String, _ width: Int) -> String { String(repeating: "0", count: max(0, width - digits.count)) + digits }

  static func percent(_ text: String, _ isLeft: (UInt8) -> Bool) -> String {
    text.utf8.map { isLeft($0) ? String(UnicodeScalar($0)) : "%" + padded(String($0, radix: 16, uppercase: true), 2) }.joined()
  }

  static func escaped(_ text: String, _ odd: String) -> String {
    text.unicodeScalars.map { odd.unicodeScalars.contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  static func octal(_ scalar: Unicode.Scalar) -> String {
    let letters: [Unicode.Scalar: String] = ["\n": "\\n", "\r": "\\r", "\t": "\\t"]
    return letters[scalar] ?? "\\" + padded(String(scalar.value, radix: 8), 3)
  }

  /// As C, bash's `$'…'` and Python write a text.
  static func languageEscaped(_ text: String, quote: Unicode.Scalar) -> String {
    let letters: [Unicode.Scalar: String] = ["\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "\u{1B}": "\\E"]
    return text.unicodeScalars.map { scalar in
      if scalar == quote { return "\\\(scalar)" }
      if let letter = letters[scalar] { return letter }
      return scalar.value < 0x20 ? "\\" + padded(String(scalar.value, radix: 8), 3) : String(scalar)
    }.joined()
  }

  static func json(_ text: String, isASCII: Bool = false) -> String {
    let letters: [Unicode.Scalar: String] = ["\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "\"": "\\\""]
    return text.unicodeScalars.map { scalar in
      if let letter = letters[scalar] { return letter }
      guard scalar.value < 0x20 || (isASCII && scalar.value > 0x7E) else { return String(scalar) }
      return String(scalar).utf16.map { "\\u" + padded(String($0, radix: 16), 4) }.joined()
    }.joined()
  }

  static func hex(_ text: String, _ between: String = "") -> String {
    text.utf8.map { padded(String($0, radix: 16), 2) }.joined(separator: between)
  }

  static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  static func broken(_ text: String, _ width: Int, _ end: String = "\n") -> String {
    broken(text.unicodeScalars.map { String($0) }, width, end)
  }

  static func broken(_ parts: [String], _ width: Int, _ end: String) -> String {
    var out = ""
    for (place, part) in parts.enumerated() { out += (place > 0 && place % width == 0 ? end : "") + part }
    return out
  }
}

extension String {
  func swap(_ old: String, _ new: String) -> String { components(separatedBy: old).joined(separator: new) }

  /// `%2F` as `%2f`; letters stay as they are.
  func lowercasingPercent() -> String {
    var out = ""
    var left = 0
    for character in self {
      out += left > 0 ? character.lowercased() : String(character)
      left = character == "%" ? 2 : max(0, left - 1)
    }
    return out
  }
}
