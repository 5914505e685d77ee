/// The known word that a mistyped one most likely meant.
public enum Nearest {
  /// Nil where nothing is near: more than two slips, or more than a third of the word.
  public static func word(to typed: String, in known: [String]) -> String? {
    let limit = max(1, min(2, typed.count / 3 + (typed.count > 3 ? 1 : 0)))
    let ranked = known.map { (distance(typed.lowercased(), $0.lowercased()), $0) }.sorted { $0.0 < $1.0 }
    guard let best = ranked.first else { return nil }
    if best.0 <= limit { return best.1 }
    return known.first { $0.lowercased().hasPrefix(typed.lowercased()) && typed.count >= 2 }
  }

  /// Insertions, deletions, changes and swaps of neighbours between two words (optimal string alignment).
  static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.prefix(64))
    let b = Array(right.prefix(64))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var before = [Int](repeating: 0, count: b.count + 1)
    var row = Array(0...b.count)
    for i in 1...a.count {
      var next = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        let change = a[i - 1] == b[j - 1] ? 0 : 1
        next[j] = min(row[j] + 1, next[j - 1] + 1, row[j - 1] + change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { next[j] = min(next[j], before[j - 2] + 1) }
      }
      before = row
      row = next
    }
    return row[b.count]
  }
}
