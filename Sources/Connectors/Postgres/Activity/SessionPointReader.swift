import OpsModel

/// Finds out where a session is, from what `pg_stat_activity` shows of it. Wait events: PostgreSQL's monitoring chapter, table "Wait Events";
/// those of postgres_fdw and dblink have had their own names since 17.
enum SessionPointReader {
  /// - Parameters:
  ///   - state: nil where this role may not see it: then nothing is known.
  ///   - query: its statement, or the part of it that the server keeps; read only of those that are at work.
  static func point(state: String?, waitType: String?, waitEvent: String?, query: @autoclosure () -> String?) -> SessionPoint? {
    guard let state else { return nil }
    guard state == "active" || state == "fastpath function call" else { return state.hasPrefix("idle in transaction") ? .open : .idle }
    let words = words(of: query() ?? "")
    let known = point(of: words)
    if waitEvent == "SyncRep" { return committed(known) }
    if let known { return known }
    if waitType == "Extension", isRemote(waitEvent) { return .remote }
    // What is only flushed when a transaction ends: a statement without BEGIN commits without saying so.
    if let waitEvent, ["WALSync", "WALWrite", "WalSync", "WalWrite"].contains(waitEvent) { return .committing }
    return .open
  }

  /// What waits for a standby, of a statement that is at this point by its words.
  private static func committed(_ known: SessionPoint?) -> SessionPoint {
    switch known {
    case .preparing: .preparedHere
    case .committingParts, .indexingConcurrently, .detaching, .maintaining: .committedPart
    default: .committedHere
    }
  }

  private static func isRemote(_ event: String?) -> Bool {
    guard let event else { return false }
    return event == "Extension" || event.hasPrefix("PostgresFdw") || event.hasPrefix("Dblink")
  }

  private static func point(of words: [String]) -> SessionPoint? {
    switch words.first {
    case "commit", "end": return words.dropFirst().first == "prepared" ? .finishingPrepared : .committing
    case "rollback", "abort":
      if words.dropFirst().first == "prepared" { return .finishingPrepared }
      // Back to a savepoint the transaction stays open.
      return words.contains("to") ? nil : .rollingBack
    case "prepare": return words.dropFirst().first == "transaction" ? .preparing : nil
    case "vacuum", "autovacuum": return .maintaining
    case "cluster": return words.count == 1 || words == ["cluster", "verbose"] ? .maintaining : nil
    case "call", "do": return .committingParts
    case "create", "drop", "reindex", "alter": return concurrent(words)
    default: return words.contains(";commit") ? .committingParts : nil
    }
  }

  private static func concurrent(_ words: [String]) -> SessionPoint? {
    let isMany = ["database", "schema", "system"].contains { words.prefix(8).contains($0) }
    guard words.contains("concurrently") else { return words.first == "reindex" && isMany ? .maintaining : nil }
    if words.first == "alter" { return words.contains("detach") ? .detaching : nil }
    return words.first == "reindex" || words.prefix(4).contains("index") ? .indexingConcurrently : nil
  }

  /// Its first keywords in lower case; a `commit` behind a semicolon stands as `;commit`.
  private static func words(of query: String) -> [String] {
    var out: [String] = []
    var isBehindSemicolon = false
    // What tells stands at the beginning, except where several statements are in one text.
    let text = query.utf8.contains(UInt8(ascii: ";")) ? query : String(query.prefix(400))
    for token in SQLScanner.tokens(text).list {
      if token.kind == .symbol(UInt8(ascii: ";")) { isBehindSemicolon = !out.isEmpty }
      guard let word = token.word else { continue }
      if out.count < 24 { out.append(word) }
      if isBehindSemicolon, word == "commit" || word == "end" { out.append(";commit") }
      isBehindSemicolon = false
    }
    return out
  }
}
