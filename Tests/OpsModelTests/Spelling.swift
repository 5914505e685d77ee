import Foundation

/// One way in which tools write a text.
struct Spelling: Sendable {
  let name: String
  /// Bytes that may be left of it: marks of quotation, and edges of Base64.
  var around = 2
  let write: @Sendable (String) -> String

  static let all: [Spelling] = [plain, urls, shells, languages, pages, coded, terminal, lines, nested, lists].flatMap { $0 }
  static let names: [String] = all.map { $0.name }

  // MARK: Text

  private static let plain: [Spelling] = [
    Spelling(name: "plain") { $0 },
    Spelling(name: "broken lines") { broken($0, 11) },
  ]

  private static let urls: [Spelling] = [
    Spelling(name: "percent, all, upper case") { percent($0) { _ in false } },
    Spelling(name: "percent, all, lower case") { percent($0) { _ in false }.lowercasingPercent() },
    Spelling(name: "percent, RFC 3986") { percent($0) { isWord($0) || "-._~".utf8.contains($0) } },
    Spelling(name: "percent, encodeURIComponent") { percent($0) { isWord($0) || "-_.!~*'()".utf8.contains($0) } },
    Spelling(name: "percent, slashes left, lower case") {
      percent($0) { isWord($0) || "-._~/".utf8.contains($0) }.lowercasingPercent()
    },
    Spelling(name: "form, + for a blank") { percent($0) { isWord($0) || "-._* ".utf8.contains($0) }.swap(" ", "+") },
    Spelling(name: "percent, twice") { percent(percent($0) { isWord($0) }) { isWord($0) } },
  ]

  private static let shells: [Spelling] = [
    Spelling(name: "shell, '…'\\''…'", around: 4) { "'" + $0.swap("'", "'\\''") + "'" },
    Spelling(name: "shell, shlex.quote", around: 6) { "'" + $0.swap("'", "'\"'\"'") + "'" },
    Spelling(name: "shell, \"…\"") { text in "\"" + escaped(text, "\"\\$`!") + "\"" },
    Spelling(name: "shell, printf %q", around: 4) { text in
      let isOdd = text.unicodeScalars.contains { $0.value < 0x20 || $0.value > 0x7E }
      if isOdd { return "$'" + languageEscaped(text, quote: "'") + "'" }
      return text.unicodeScalars.map { isWord(UInt8($0.value)) || "-./_%+:@".unicodeScalars.contains($0) ? String($0) : "\\\($0)" }.joined()
    },
    Spelling(name: "shell, as coreutils quote", around: 8) { text in
      var out = "'"
      for scalar in text.unicodeScalars {
        if scalar == "'" {
          out += "'\\''"
        } else if scalar.value < 0x20 {
          out += "'$'" + octal(scalar) + "''"
        } else {
          out += String(scalar)
        }
      }
      return out + "'"
    },
  ]

  private static let languages: [Spelling] = [
    Spelling(name: "JSON") { json($0) },
    Spelling(name: "JSON, ASCII") { json($0, isASCII: true) },
    Spelling(name: "JSON, slashes escaped") { json($0).swap("/", "\\/") },
    Spelling(name: "JSON, twice", around: 8) { json(json($0)) },
    Spelling(name: "JSON, three times", around: 20) { json(json(json($0))) },
    Spelling(name: "JSON, HTML characters as numbers") {
      json($0).swap("<", "\\u003c").swap(">", "\\u003E").swap("&", "\\u0026")
    },
    Spelling(name: "Python, repr") { "'" + languageEscaped($0, quote: "'") + "'" },
    Spelling(name: "numbers of UTF-8 in octal") { $0.utf8.map { "\\" + padded(String($0, radix: 8), 3) }.joined() },
    Spelling(name: "numbers of UTF-8 in hexadecimal, \\x") { $0.utf8.map { "\\x" + padded(String($0, radix: 16), 2) }.joined() },
    Spelling(name: "\\u{…}") { $0.unicodeScalars.map { "\\u{\(String($0.value, radix: 16))}" }.joined() },
    Spelling(name: "SQL and CSV, quotes doubled") { "'" + $0.swap("'", "''").swap("\"", "\"\"") + "'" },
  ]

  private static let pages: [Spelling] = [
    Spelling(name: "HTML, names") {
      $0.swap("&", "&amp;").swap("<", "&lt;").swap(">", "&gt;").swap("\"", "&quot;")
        .swap("'", "&#039;")
    },
    Spelling(name: "HTML, names, twice") {
      $0.swap("&", "&amp;amp;").swap("<", "&amp;lt;").swap("\"", "&amp;quot;")
        .swap("'", "&amp;#x27;")
    },
    Spelling(name: "HTML, decimal numbers") { $0.unicodeScalars.map { "&#\($0.value);" }.joined() },
    Spelling(name: "HTML, hexadecimal numbers") {
      $0.unicodeScalars.map { "&#x\(String($0.value, radix: 16, uppercase: true));" }.joined()
    },
    Spelling(name: "mail, quoted-printable") { text in
      broken(text.utf8.map { isWord($0) ? String(UnicodeScalar($0)) : "=" + padded(String($0, radix: 16, uppercase: true), 2) }, 9, "=\r\n")
    },
  ]

  // MARK: Codes

  private static let coded: [Spelling] = hexadecimal + shifted + others

  private static let hexadecimal: [Spelling] = [
    Spelling(name: "hexadecimal, lower case") { hex($0) },
    Spelling(name: "hexadecimal, upper case") { hex($0).uppercased() },
    Spelling(name: "hexadecimal, colons") { hex($0, ":") },
    Spelling(name: "hexadecimal, od -tx1", around: 3) { broken(hex($0, " "), 48, "\n ") },
    Spelling(name: "hexadecimal, xxd -p", around: 3) { broken(hex($0), 60) },
    Spelling(name: "hexadecimal, 0x, commas") { $0.utf8.map { "0x" + padded(String($0, radix: 16), 2) }.joined(separator: ", ") },
  ]

  private static let shifted: [Spelling] = [0, 1, 2].flatMap { (shift: Int) -> [Spelling] in
    let head = String(repeating: "a", count: shift)
    return [
      Spelling(name: "Base64 behind \(shift)", around: 14) { base64(head + $0 + "tail") },
      Spelling(name: "Base64 behind \(shift), for URLs", around: 14) {
        base64(head + $0 + "tail").swap("+", "-").swap("/", "_").swap("=", "")
      },
      Spelling(name: "Base64 behind \(shift), in lines", around: 16) { broken(base64(head + $0 + "tail"), 7) },
    ]
  }

  private static let others: [Spelling] = [
    Spelling(name: "Base64, in lines of CRLF with blanks", around: 12) { broken(base64($0), 12, "\r\n    ") },
    Spelling(name: "Base64, in lines within JSON", around: 12) { broken(base64($0), 12, "\\n").swap("/", "\\/") },
    Spelling(name: "Base64, percent-encoded", around: 14) { percent(base64($0)) { isWord($0) } },
    Spelling(name: "Base64 of JSON", around: 10) { base64(json($0)) },
    Spelling(name: "Base64, twice", around: 12) { base64(base64($0)) },
  ]
}
