/// Items as they are found, of which so many are kept: the first, or the oldest. What is kept does not grow with what is found.
struct OldestFirst {
  let limit: Int
  let isSorted: Bool
  private(set) var meant = 0
  private var kept: [(at: Double, text: String)] = []

  init(limit: Int, isSorted: Bool) {
    self.limit = max(0, limit)
    self.isSorted = isSorted
  }

  /// - Parameter at: when it failed, as a Unix time.
  mutating func add(_ at: Double, _ text: () -> String) {
    meant += 1
    guard isSorted || kept.count < limit else { return }
    kept.append((at, text()))
    if kept.count >= 2 * limit + 1000 { trim() }
  }

  private mutating func trim() {
    kept.sort { $0.at < $1.at }
    kept.removeLast(max(0, kept.count - limit))
  }

  var items: [String] {
    var out = self
    if isSorted { out.trim() }
    return out.kept.map(\.text)
  }
}
