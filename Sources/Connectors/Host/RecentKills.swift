/// Kills for want of memory that are news: of the last ten minutes. Older ones are history, and what runs now may be innocent.
struct RecentKills {
  static let memory = 600.0

  private var last: Int?
  private var seen: [(at: Double, count: Int)] = []

  /// - Parameter total: since the system or the group began.
  mutating func recent(_ total: Int, at now: Double) -> Int {
    if let last, total > last { seen.append((now, total - last)) }
    last = total
    seen.removeAll { now - $0.at > Self.memory }
    return seen.reduce(0) { $0 + $1.count }
  }
}
