import OpsModel

/// Decides whether a text may be explained, and whether it may be run for it. Everything that is not known to be harmless is refused.
struct ExplainGuard {
  private static let explainable: Set<String> = ["select", "values", "table", "with", "insert", "update", "delete", "merge"]
  private static let reading: Set<String> = ["select", "values", "table", "with"]
  /// Words that have no place in a statement that only reads.
  private static let writing: Set<String> = [
    "insert", "update", "delete", "merge", "into", "create", "alter", "drop", "truncate", "copy", "call", "do", "grant", "revoke", "lock",
    "vacuum", "analyze", "reindex", "refresh", "notify", "listen", "set", "reset", "execute", "prepare", "declare", "fetch", "share",
  ]

  /// The statement, without what stands behind it.
  let text: String
  private let tokens: [SQLToken]
  let parameters: Int

  /// - Throws: `Failure.declined` with the reason.
  init(_ text: String) throws(Failure) {
    let (list, isCut) = SQLScanner.tokens(text)
    guard !isCut else {
      throw .declined(
        .statement(
          "the text is cut off: the server keeps track_activity_query_size bytes of it", instead: "choose the statement in Statements"))
    }
    let semicolon = list.firstIndex { $0.kind == .symbol(UInt8(ascii: ";")) }
    let body = semicolon.map { Array(list[..<$0]) } ?? list
    if let semicolon, list[semicolon...].contains(where: { $0.kind != .symbol(UInt8(ascii: ";")) }) {
      throw .declined(.statement("the text holds several statements", instead: "explain one at a time"))
    }
    guard let first = body.first(where: { $0.kind != .symbol(UInt8(ascii: "(")) })?.word else {
      throw .declined(.statement("there is no statement"))
    }
    guard Self.explainable.contains(first) else {
      throw .declined(
        .statement(
          "\(SafeText(escaping: first.uppercased(), limit: 20)) has no plan",
          instead: "explain a SELECT, VALUES, TABLE, WITH, INSERT, UPDATE, DELETE or MERGE"))
    }
    // EXPLAIN (ANALYZE) CREATE TABLE AS … INTO really makes the table, in a read-only session too.
    if Self.reading.contains(first), body.contains(where: { $0.word == "into" }),
      !body.contains(where: { $0.word == "insert" || $0.word == "merge" })
    {
      throw .declined(.statement("SELECT INTO creates a table, so it is not explained", instead: "explain it without INTO"))
    }
    tokens = body
    let end = body.last?.range.upperBound ?? 0
    self.text = String(decoding: Array(text.utf8)[..<end], as: UTF8.self)
    parameters = body.compactMap(\.parameter).max() ?? 0
  }

  /// - Throws: `Failure.declined` where the text is not provably one that only reads.
  func checkReading() throws(Failure) {
    guard let first = tokens.first(where: { $0.kind != .symbol(UInt8(ascii: "(")) })?.word, Self.reading.contains(first) else {
      throw .declined(.measuring("the statement writes"))
    }
    if let word = tokens.compactMap(\.word).first(where: { Self.writing.contains($0) }) {
      throw .declined(
        .measuring("the statement contains \(SafeText(escaping: word.uppercased(), limit: 20)) and may not be one that only reads"))
    }
    guard parameters == 0 else {
      throw .declined(
        .statement(
          "ANALYZE needs values for \(Units.count(parameters, "parameter"))",
          instead: "use a running session's statement, or give the text with values"))
    }
  }

  /// Names that are called, in the text or in what the planner prints of it: what stands before a parenthesis.
  static func calls(in text: String) -> Set<String> {
    let tokens = SQLScanner.tokens(text).list
    let bytes = Array(text.utf8)
    var out: Set<String> = []
    for (token, next) in zip(tokens, tokens.dropFirst()) where next.kind == .symbol(UInt8(ascii: "(")) {
      switch token.kind {
      case .word(let name): out.insert(name)
      case .quotedName:
        let inner = String(decoding: bytes[token.range].dropFirst().dropLast(), as: UTF8.self)
        out.insert(inner.replacing("\"\"", with: "\""))
      default: break
      }
    }
    return out
  }

  private static let signs = Set("+-*/<>=~!@#%^&|`?".utf8)

  /// Runs of signs that operators are made of, and every part of each: where one ends and the next begins only the server knows.
  static func operators(in text: String) -> Set<String> {
    var out: Set<String> = []
    var run = ""
    var end = -1
    func close() {
      let all = Array(run)
      for start in all.indices { for stop in start..<min(all.count, start + 12) { out.insert(String(all[start...stop])) } }
      run = ""
    }
    for token in SQLScanner.tokens(text).list {
      guard case .symbol(let sign) = token.kind, signs.contains(sign) else { continue }
      if token.range.lowerBound != end { close() }
      run.unicodeScalars.append(Unicode.Scalar(sign))
      end = token.range.upperBound
    }
    close()
    return out
  }
}
