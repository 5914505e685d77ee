import OpsModel

/// Which page is shown and when the next one comes.
struct WallRotation {
  private let entries: [WallEntry]
  private let settings: WallSettings
  /// Pages of this round that are still to come.
  private var rest: [String] = []
  private(set) var current: String?
  private var since: Moment?
  /// Place in the round and pages of it, for the bar.
  private(set) var place = 0
  private(set) var count = 0

  init(entries: [WallEntry], settings: WallSettings) {
    self.settings = settings
    let wanted = settings.pages
    self.entries = wanted.map { ids in ids.compactMap { id in entries.first { $0.id == id } } } ?? entries
  }

  var entry: WallEntry? { entries.first { $0.id == current } }

  mutating func turn(_ view: StoreView, _ now: Moment) {
    let isDue = since.map { now.age(since: $0) >= settings.rotate } ?? true
    // What has nothing to show any more is not waited for.
    let isEmpty = entry.map { $0.urgency(view, now) == nil } ?? true
    guard isDue || isEmpty else { return }
    if rest.isEmpty { begin(view, now) }
    while !rest.isEmpty {
      let id = rest.removeFirst()
      guard let next = entries.first(where: { $0.id == id }), next.urgency(view, now) != nil else { continue }
      current = id
      since = now
      place += 1
      return
    }
    if isEmpty { current = nil }
    since = now
  }

  /// A round: the worst first, or as configured.
  private mutating func begin(_ view: StoreView, _ now: Moment) {
    var worth = entries.enumerated().compactMap { index, entry in entry.urgency(view, now).map { (entry.id, $0, index) } }
    if settings.pages == nil { worth.sort { ($1.1, $0.2) < ($0.1, $1.2) } }
    rest = worth.map(\.0)
    count = rest.count
    place = 0
  }
}
