public import OpsModel

/// Compares what is observed with the rules, and remembers what is wrong since when.
///
/// An alert is raised once, when its rule has held without a break for as long as it says (rising edge). It is over when the number is
/// back by a tenth (or by what the rule says) and has been for ten seconds. A source that tells nothing changes nothing: what it
/// told last is unknown, and not well.
public struct AlertBook: Sendable {
  struct Key: Hashable, Sendable {
    let rule: SafeText
    let subject: ResourceID
  }

  /// Things that rules hold for, at most: beyond it one more alert tells nobody anything.
  public static let most = 2000

  public let rules: [WatchRule]
  private let byName: [SafeText: WatchRule]
  private var tracks: [Key: AlertTrack] = [:]
  private(set) var quiet: [ResourceID: AlertQuiet] = [:]
  /// What was changed of it here since it was last asked for.
  private var quietEdits: [QuietEdit] = []
  private var others = OtherAlerts()
  private var changes: [AlertChange] = []
  /// Whether `alerts` may have changed since it was last asked for.
  private(set) var isDirty = true

  public init(rules: [WatchRule] = WatchRule.builtIn, quiet: [ResourceID: AlertQuiet] = [:]) {
    self.rules = rules
    byName = Dictionary(rules.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.quiet = quiet
  }

  // MARK: Looking

  /// - Parameter view: holds the new observation of the source already.
  mutating func observed(_ source: SourceView, _ view: StoreView) {
    guard let reader = WatchReader(source, view) else { return }
    let at = reader.observed.at
    for rule in rules where applies(rule, reader.observed) {
      compare(rule, reader.samples(rule.expression.field), of: source.name, at)
    }
    hear(reader.observed)
  }

  private func applies(_ rule: WatchRule, _ observed: Observation) -> Bool {
    if let facet = rule.expression.field.facet { return observed.facets.contains(facet) }
    return rule.expression.field == .plain(.sourceTook)
  }

  private mutating func compare(_ rule: WatchRule, _ samples: [WatchSample], of source: SafeText, _ at: Moment) {
    var seen: Set<ResourceID> = []
    for sample in samples {
      let key = Key(rule: rule.name, subject: sample.subject)
      guard let value = sample.value else {
        seen.insert(sample.subject)
        continue
      }
      let isBad = rule.expression.holds(value) && !(sample.isUpperBound && rule.expression.comparison.isUpward)
      guard isBad || tracks[key] != nil, rule.concerns(sample.name, source) else { continue }
      seen.insert(sample.subject)
      take(rule, sample, value, key, isBad: isBad, at)
    }
    // What is gone is not bad any more.
    for (key, track) in tracks where key.rule == rule.name && key.subject.source == source && !seen.contains(key.subject) {
      settle(key, track, at)
    }
  }

  private mutating func take(_ rule: WatchRule, _ sample: WatchSample, _ value: Double, _ key: Key, isBad: Bool, _ at: Moment) {
    guard var track = tracks[key] else {
      guard isBad, hasRoom(for: rule) else { return }
      tracks[key] = AlertTrack(since: at, last: at, id: Self.id(key), value: value, sentence: WatchWords.sentence(rule, sample, value))
      raise(rule, key, at)
      return
    }
    let staysUp = track.firedAt == nil ? isBad : rule.keepsUp(value)
    guard staysUp else { return settle(key, track, at) }
    track.goodSince = nil
    track.last = at
    track.value = value
    track.sentence = WatchWords.sentence(rule, sample, value)
    tracks[key] = track
    isDirty = true
    raise(rule, key, at)
  }

  /// Warnings by the thousand do not keep out what is critical.
  private mutating func hasRoom(for rule: WatchRule) -> Bool {
    if tracks.count < Self.most { return true }
    guard rule.severity == .critical else { return false }
    let lesser = Set(rules.filter { $0.severity < .critical }.map(\.name))
    guard let dropped = tracks.keys.first(where: { lesser.contains($0.rule) }) else { return false }
    tracks[dropped] = nil
    return true
  }

  private mutating func settle(_ key: Key, _ track: AlertTrack, _ at: Moment) {
    isDirty = true
    guard track.firedAt != nil else {
      tracks[key] = nil
      return
    }
    tracks[key]?.last = at
    if track.goodSince == nil { tracks[key]?.goodSince = at }
  }

  private mutating func raise(_ rule: WatchRule, _ key: Key, _ at: Moment) {
    isDirty = true
    guard let track = tracks[key], track.firedAt == nil, at.age(since: track.since) >= rule.expression.lasting else { return }
    tracks[key]?.firedAt = at
    if let alert = alert(rule, key) { changes.append(AlertChange(.fired, alert, at: at)) }
  }

  /// Alerts of other systems: their edges are told like our own.
  private mutating func hear(_ observed: Observation) {
    guard observed.facets.contains(.alerts) else { return }
    for change in others.take(observed) {
      changes.append(AlertChange(change.kind, change.alert.kept(quiet: quiet[change.alert.id]), at: observed.at))
      if change.kind == .resolved { forgetAcknowledgement(of: change.alert.id) }
    }
  }

  // MARK: Time

  /// To be called once a second: what is over ends, and sources that tell nothing are noticed.
  /// - Returns: what happened since the last call.
  mutating func tick(_ view: StoreView, _ now: Moment) -> [AlertChange] {
    for rule in rules where rule.expression.field == .plain(.sourceStale) {
      for source in view.sources {
        guard !source.isResting, let since = source.silentSince else { continue }
        let sample = WatchSample(
          subject: source.id, name: source.name, value: now.age(since: since), detail: source.reading.failure?.failure.what)
        compare(rule, [sample], of: source.name, now)
      }
    }
    for (key, track) in tracks where track.isOver {
      if let rule = rule(key.rule), let alert = alert(rule, key) { changes.append(AlertChange(.resolved, alert, at: now)) }
      tracks[key] = nil
      isDirty = true
      forgetAcknowledgement(of: Self.id(key))
    }
    for (id, mark) in quiet where mark.until <= now.unix {
      quiet[id] = nil
      isDirty = true
      if let alert = alerts.first(where: { $0.id == id }) ?? others[id] { changes.append(AlertChange(.loud, alert, at: now)) }
    }
    defer { changes = [] }
    return changes
  }

  private mutating func forgetAcknowledgement(of id: ResourceID) {
    guard let mark = quiet[id], mark.kind == .acknowledged else { return }
    quiet[id] = nil
    quietEdits.append(.end(id, mark))
  }

  // MARK: Quiet

  mutating func keepQuiet(_ alert: AlertState, _ mark: AlertQuiet, at now: Moment) {
    quiet[alert.id] = mark
    quietEdits.append(.begin(alert.id, mark))
    isDirty = true
    changes.append(AlertChange(mark.kind == .muted ? .muted : .acknowledged, alert.kept(quiet: mark), at: now))
  }

  mutating func endQuiet(_ alert: AlertState, at now: Moment) {
    guard let mark = quiet.removeValue(forKey: alert.id) else { return }
    quietEdits.append(.end(alert.id, mark))
    isDirty = true
    changes.append(AlertChange(.loud, alert.kept(quiet: nil), at: now))
  }

  /// Takes what all consoles of a user keep quiet, as it is written down.
  mutating func learn(_ marks: [ResourceID: AlertQuiet]) {
    guard marks != quiet else { return }
    quiet = marks
    isDirty = true
  }

  /// What is to be written down.
  mutating func takeQuietEdits() -> [QuietEdit] {
    defer { quietEdits = [] }
    return quietEdits
  }

  // MARK: Telling

  /// All that fire or are about to, the worst and oldest first.
  mutating func takeAlerts() -> [AlertState] {
    isDirty = false
    return alerts
  }

  var alerts: [AlertState] {
    let all = tracks.compactMap { key, track in rule(key.rule).map { alert($0, key, track) } }
    return all.sorted { ($1.severity, $0.since ?? 0, $0.id) < ($0.severity, $1.since ?? 0, $1.id) }
  }

  private func rule(_ name: SafeText) -> WatchRule? { byName[name] }

  private static func id(_ key: Key) -> ResourceID {
    let parts = [Array(key.rule.text.utf8), Array(key.subject.kind.rawValue.utf8), key.subject.key]
    return ResourceID(source: key.subject.source, kind: .alert, key: Array(parts.joined(separator: [0])))
  }

  private func alert(_ rule: WatchRule, _ key: Key) -> AlertState? { tracks[key].map { alert(rule, key, $0) } }

  private func alert(_ rule: WatchRule, _ key: Key, _ track: AlertTrack) -> AlertState {
    let id = track.id
    var alert = AlertState(id: id, name: rule.name, severity: rule.severity, state: track.firedAt == nil ? .pending : .firing, labels: [])
    alert.since = track.since.unix
    alert.summary = track.sentence
    alert.value = track.value
    alert.own = .init(subject: key.subject, rule: rule.name, when: rule.expression.text, runbooks: rule.runbooks)
    return alert.kept(quiet: quiet[id])
  }
}
