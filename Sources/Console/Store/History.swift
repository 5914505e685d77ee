public import OpsModel

/// What the console remembers of each resource: numbers over the last half hour.
public struct History: Sendable {
  public enum Measure: Hashable, Sendable {
    case ready, dead, done, failed, waiting, sessions
    /// Of a source: workers that were heard of, those at work, tasks for later.
    case workers, busy, scheduled
    /// Active sessions of a database, by what they are at.
    case load(LoadClass)
    /// Of a process.
    case signal(Signal)
  }

  struct Key: Hashable, Sendable {
    let id: ResourceID
    let measure: Measure
  }

  private var series: [Key: Series] = [:]
  /// How many series were begun. Each has its own number.
  private var begun = 0
  /// What was recorded since it was last taken; nil where nobody wants it.
  var journal: [HistorySample]?

  mutating func takeJournal() -> [HistorySample] {
    guard let taken = journal else { return [] }
    journal = []
    return taken
  }

  mutating func record(_ value: Double, _ measure: Measure, of id: ResourceID, at moment: Moment) {
    let key = Key(id: id, measure: measure)
    let number: Int
    if let place = series.index(forKey: key) {
      series.values[place].append(value, at: moment.steady)
      number = series.values[place].number
    } else {
      var new = begin(at: moment.steady)
      new.append(value, at: moment.steady)
      number = new.number
      series[key] = new
    }
    journal?.append(HistorySample(id: id, measure: measure, value: value, at: moment, series: number))
  }

  private mutating func begin(at steady: Double) -> Series {
    begun += 1
    return Series(start: steady, number: begun)
  }

  /// What a tape remembers of a number.
  mutating func load(_ run: HistoryRun) {
    guard let first = run.points.first else { return }
    var loaded = begin(at: first.time)
    for point in run.points { loaded.append(Double(point.value), at: point.time) }
    series[Key(id: run.id, measure: run.measure)] = loaded
  }

  /// Takes over what another memory has of the time after the last own number, until a unix time.
  /// - Parameter offset: what is to be added to its clock to get unix times.
  mutating func fill(from other: History, until: Double, offset: Double) {
    for (key, points) in other.series {
      let known = series[key]?.last ?? -.infinity
      let new = points.all.lazy.map { (time: $0.time + offset, value: $0.value) }.filter { $0.time > known + 0.5 && $0.time <= until }
      guard let first = new.first else { continue }
      var filled = series[key] ?? begin(at: first.time)
      for point in new { filled.append(point.value, at: point.time) }
      series[key] = filled
    }
  }

  /// Forgets what is not in `kept`, of one source: a thousand short-lived queues must not stay for ever.
  mutating func forget(source: SafeText, except kept: Set<ResourceID>) {
    let gone = series.keys.filter { $0.id.source == source && !kept.contains($0.id) }
    for key in gone { series[key] = nil }
  }

  /// Change per second over the last half minute; nil while unknown.
  public func rate(_ measure: Measure, of id: ResourceID) -> Double? {
    series[Key(id: id, measure: measure)]?.rate(window: 30)
  }

  /// Change over the last `window` seconds at most, and over how many seconds it came.
  public func change(_ measure: Measure, of id: ResourceID, window: Double) -> (by: Double, seconds: Double)? {
    series[Key(id: id, measure: measure)]?.change(window: window)
  }

  /// Growth per second of the line that fits all measurements best; nil where they reach back less than `atLeast` seconds.
  public func slope(_ measure: Measure, of id: ResourceID, atLeast: Double) -> Double? {
    series[Key(id: id, measure: measure)]?.slope(atLeast: atLeast)
  }

  /// Whether anything was ever measured.
  public func has(_ measure: Measure, of id: ResourceID) -> Bool { series[Key(id: id, measure: measure)] != nil }

  /// The least and the greatest value that is kept.
  public func range(_ measure: Measure, of id: ResourceID) -> (least: Double, most: Double)? {
    series[Key(id: id, measure: measure)]?.range
  }

  /// The mean over the last `window` seconds; nil where nothing was measured.
  public func mean(_ measure: Measure, of id: ResourceID, window: Double) -> Double? {
    series[Key(id: id, measure: measure)]?.mean(window: window)
  }

  /// Change per second between `from` and `until` seconds before the last measurement; nil where less than half of that is known.
  func rate(_ measure: Measure, of id: ResourceID, from: Double, until: Double) -> Double? {
    series[Key(id: id, measure: measure)]?.rate(from: from, until: until)
  }

  /// Mean and number of measurements between `from` and `until` seconds before the last one.
  func mean(_ measure: Measure, of id: ResourceID, from: Double, until: Double) -> (value: Double, count: Int)? {
    series[Key(id: id, measure: measure)]?.mean(from: from, until: until)
  }

  /// Whether it was less once than just before, within the last `seconds`.
  func fell(_ measure: Measure, of id: ResourceID, within seconds: Double) -> Bool {
    series[Key(id: id, measure: measure)]?.fell(within: seconds) ?? false
  }

  /// Means in steps of `seconds`, the newest last; nil where nothing was measured.
  func steps(_ measure: Measure, of id: ResourceID, each seconds: Double, count: Int, until now: Moment) -> [Double?] {
    series[Key(id: id, measure: measure)]?.steps(seconds, count: count, until: now.steady) ?? []
  }

  /// Every number that is remembered.
  var all: some Collection<Key> { series.keys }

  /// Values for a sparkline of `width` columns, and the seconds that one column stands for.
  public func line(_ measure: Measure, of id: ResourceID, width: Int, now: Moment, interval: Double) -> [Double?] {
    guard let found = series[Key(id: id, measure: measure)], width > 0 else { return [] }
    let seconds = Self.stretch(span: found.span, width: width)
    return found.buckets(width, each: seconds, until: now.steady, interval: interval)
  }

  /// Columns of the same sparkline in which something happened.
  /// - Parameter times: seconds since 1970.
  func pins(_ measure: Measure, of id: ResourceID, width: Int, now: Moment, at times: [Double]) -> Set<Int> {
    guard let found = series[Key(id: id, measure: measure)], width > 0, !times.isEmpty else { return [] }
    let seconds = Self.stretch(span: found.span, width: width)
    let last = Int((now.steady / seconds).rounded(.down))
    var places: Set<Int> = []
    var before: Int?
    for time in times {
      let place = width - 1 - (last - Int(((time + now.steady - now.unix) / seconds).rounded(.down)))
      // Hundreds of alerts may begin in one second: they share a column.
      if place != before, place >= 0, place < width { places.insert(place) }
      before = place
    }
    return places
  }

  /// The shortest of a few round lengths that shows the whole series.
  static func stretch(span: Double, width: Int) -> Double {
    let lengths: [Double] = [2, 5, 10, 20, 30, 60, 120, 180]
    return lengths.first { $0 * Double(width) >= span } ?? 180
  }
}
