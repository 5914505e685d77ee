/// Spellings with something between the characters, and one within another.
extension Spelling {
  static let terminal: [Spelling] = [
    Spelling(name: "terminal, colours of grep") { apart($0, "\u{1B}[01;31m\u{1B}[K") },
    Spelling(name: "terminal, colours of git in JSON") { json(apart($0, "\u{1B}[m\u{1B}[32m")) },
    Spelling(name: "terminal, colours in JSON twice", around: 8) { json(json(apart($0, "\u{1B}[0m"))) },
    Spelling(name: "terminal, link that ends with BEL") { apart($0, "\u{1B}]8;;http://127.0.0.1/\u{7}") },
    Spelling(name: "terminal, link that ends with ST") { apart($0, "\u{1B}]8;;http://127.0.0.1/\u{1B}\\") },
    Spelling(name: "terminal, link in JSON") { json(apart($0, "\u{1B}]8;;\u{1B}\\")) },
    Spelling(name: "terminal, character set of tput") { apart($0, "\u{1B}(B\u{1B}[m") },
    Spelling(name: "terminal, colours as cat -v shows them") { apart($0, "^[[31m") },
    Spelling(name: "terminal, colours as they are escaped here") { apart($0, "\\x1b[31m") },
  ]

  /// They begin a line; `\n` at their head is left of them.
  static let lines: [Spelling] = [
    Spelling(name: "a character a line") { "\n" + broken($0, 1) },
    Spelling(name: "a character a line, CRLF") { "\n" + broken($0, 1, "\r\n") },
    Spelling(name: "two characters a line") { "\n" + broken($0, 2) },
    Spelling(name: "a byte a line, xxd -p -c1") { "\n" + hex($0, "\n") },
    Spelling(name: "a byte a line, CRLF") { "\n" + hex($0, "\r\n") },
    Spelling(name: "a letter of Base64 a line", around: 8) { "\n" + broken(base64($0), 1) },
    Spelling(name: "a letter of Base64 a line, CRLF", around: 8) { "\n" + broken(base64($0), 1, "\r\n") },
  ]

  static let nested: [Spelling] = [
    Spelling(name: "JSON in percent", around: 6) { uri(json($0)) },
    Spelling(name: "JSON in ASCII in percent", around: 6) { uri(json($0, isASCII: true)) },
    Spelling(name: "HTML in percent", around: 4) { uri(html($0)) },
    Spelling(name: "shell in percent", around: 20) { uri(quoted($0)) },
    Spelling(name: "JSON in HTML", around: 4) { html(json($0)) },
    Spelling(name: "shell in HTML", around: 48) { html(quoted($0)) },
    Spelling(name: "shell in JSON", around: 8) { json(quoted($0)) },
    Spelling(name: "shell in a shell", around: 30) { "'" + quoted($0).swap("'", "'\\''") + "'" },
    Spelling(name: "HTML in JSON with its signs as numbers") { json(html($0)).swap("&", "\\u0026") },
    Spelling(name: "percent in Base64", around: 10) { base64(uri($0)) },
    Spelling(name: "HTML in Base64", around: 10) { base64(html($0)) },
    Spelling(name: "JSON in ASCII in Base64", around: 24) { base64("{\"k\": \"\(json($0, isASCII: true))\"}") },
    Spelling(name: "JSON in Base64 in Base64", around: 48) { base64(base64("{\"k\": \"\(json($0))\"}")) },
    Spelling(name: "Base64 in Base64 behind a name", around: 40) { base64("name:" + base64("ab" + $0)) },
    Spelling(name: "hexadecimal in Base64", around: 8) { base64(hex($0)) },
    Spelling(name: "JSON in hexadecimal") { hex(json($0)) },
    Spelling(name: "JSON in ASCII in hexadecimal") { hex(json($0, isASCII: true)) },
    Spelling(name: "percent in hexadecimal") { hex(uri($0)) },
    Spelling(name: "Base64 in hexadecimal", around: 12) { hex(base64($0)) },
  ]

  static let lists: [Spelling] = [
    Spelling(name: "LDAP") { $0.utf8.map { "\\" + padded(String($0, radix: 16), 2) }.joined() },
    Spelling(name: "JavaScript, escape") { text in
      text.utf16.map { (unit: UInt16) -> String in
        let digits = String(unit, radix: 16)
        return unit < 0x100 ? "%\(padded(digits, 2))" : "%u\(padded(digits, 4))"
      }.joined()
    },
    Spelling(name: "percent, %u…") { $0.utf16.map { "%u" + padded(String($0, radix: 16), 4) }.joined() },
    Spelling(name: "HTML, numbers without ;") { $0.unicodeScalars.map { "&#\($0.value)" }.joined() },
    Spelling(name: "hexadecimal, points") { hex($0, ".") },
    Spelling(name: "hexadecimal, bars") { hex($0, "|") },
    Spelling(name: "hexadecimal, JSON list") { "\"" + hex($0, "\", \"") + "\"" },
    Spelling(name: "hexadecimal, JSON list in lines", around: 8) { "\n  \"" + hex($0, "\",\n  \"") + "\"\n" },
    Spelling(name: "numbers of bytes") { $0.utf8.map { "\($0)" }.joined(separator: ",") },
    Spelling(name: "numbers of characters, in lines", around: 8) {
      "\n  " + $0.unicodeScalars.map { "\($0.value)" }.joined(separator: ",\n  ") + "\n"
    },
    Spelling(name: "NUL between characters, as UTF-16 of ASCII") { apart($0, "\0") },
    Spelling(name: "UTF-8 as Latin-1") { String(String.UnicodeScalarView($0.utf8.map { UnicodeScalar($0) })) },
  ]

  private static func apart(_ text: String, _ sign: String) -> String {
    text.unicodeScalars.map { String($0) }.joined(separator: sign)
  }

  /// As `jq @uri`.
  private static func uri(_ text: String) -> String { percent(text) { isWord($0) || "-._~".utf8.contains($0) } }

  /// As Python's `html.escape`.
  private static func html(_ text: String) -> String {
    text.swap("&", "&amp;").swap("<", "&lt;").swap(">", "&gt;").swap("\"", "&quot;").swap("'", "&#x27;")
  }

  /// As Python's `shlex.quote`.
  private static func quoted(_ text: String) -> String { "'" + text.swap("'", "'\"'\"'") + "'" }
}
