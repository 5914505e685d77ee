import OpsModel

/// All that rules about causes may look at.
struct SuspectScene {
  /// Seconds that "now" is a mean over, and that "before" reaches back behind that.
  static let recent = 12.0
  static let before = 120.0

  let view: StoreView
  let failures: FailureBook
  let work: WorkBook
  let now: Moment

  /// Sources whose numbers are as young as they should be.
  var fresh: [(source: SourceView, observed: Observation)] {
    view.sources.compactMap { source in
      guard source.isFresh(at: now), let observed = source.reading.value else { return nil }
      return (source, observed)
    }
  }

  /// How much work a source gets and does, now and before; nil where too little is known.
  func flow(of source: SourceView) -> Flow? {
    guard let nowDone = rate(.done, source, Self.recent, 0), let nowReady = rate(.ready, source, Self.recent, 0) else { return nil }
    let gap = Self.recent
    guard
      let oldDone = rate(.done, source, Self.before + gap, gap) ?? rate(.done, source, 40 + gap, gap) ?? rate(.done, source, 20 + gap, gap),
      let oldReady = rate(.ready, source, Self.before + gap, gap) ?? rate(.ready, source, 40 + gap, gap)
        ?? rate(.ready, source, 20 + gap, gap)
    else { return nil }
    return Flow(done: nowDone, growth: nowReady, doneBefore: oldDone, growthBefore: oldReady)
  }

  private func rate(_ measure: History.Measure, _ source: SourceView, _ from: Double, _ until: Double) -> Double? {
    view.history.rate(measure, of: source.id, from: from, until: until)
  }

  /// Tasks per second.
  struct Flow {
    let done: Double
    let growth: Double
    let doneBefore: Double
    let growthBefore: Double

    /// What comes in: what is done, and what piles up.
    var arriving: Double { max(0, done + growth) }
    var arrivingBefore: Double { max(0, doneBefore + growthBefore) }
  }
}
