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

  /// A rule, and its text, which stands in each of its alerts.
  private struct Named: Sendable {
    let rule: WatchRule
    let text: SafeText
  }

  /// Things that rules hold for, at most: beyond it one more alert tells nobody anything.
  public static let most = 2000

  public let rules: [WatchRule]
  /// Rules about sources that stopped answering. They are checked every second, not when a source answers.
  private let staleRules: [WatchRule]
  private let byName: [SafeText: Named]
  /// By rule: what one look touches are those of its own rules.
  private var tracks: [SafeText: [ResourceID: AlertTrack]] = [:]
  /// The worst and oldest first; nil where one came or went since.
  private var order: [Key]?
  private var looks = 0
  /// Whether something may be over soon.
  private var isSettling = false
  private(set) var quiet: [ResourceID: AlertQuiet] = [:]
  /// What was changed of it here since it was last asked for.
  private var quietEdits: [QuietEdit] = []
  private var others = OtherAlerts()
  private var changes: [AlertChange] = []
  /// Whether `alerts` may have changed since it was last asked for.
  private(set) var isDirty = true

  public init(rules: [WatchRule] = WatchRule.builtIn, quiet: [ResourceID: AlertQuiet] = [:]) {
    self.rules = rules
    staleRules = rules.filter { $0.expression.field == .plain(.sourceStale) }
    byName = Dictionary(rules.map { ($0.name, Named(rule: $0, text: $0.expression.text)) }, uniquingKeysWith: { first, _ in first })
    self.quiet = quiet
  }

  // MARK: Looking

  /// - Parameter view: holds the new observation of the source already.
  mutating func observed(_ source: SourceView, _ view: StoreView) {
    guard let reader = WatchReader(source, view) else { return }
    let at = reader.observed.at
    for place in rules.indices where applies(rules[place], reader.observed) {
      compare(rules[place], reader.samples(rules[place].expression.field), of: source.name, at)
    }
    hear(reader.observed)
  }

  private func applies(_ rule: WatchRule, _ observed: Observation) -> Bool {
    if let facet = rule.expression.field.facet { return observed.facets.contains(facet) }
    return rule.expression.field == .plain(.sourceTook)
  }

  private mutating func compare(_ rule: WatchRule, _ samples: [WatchSample], of source: SafeText, _ at: Moment) {
    looks += 1
    var own = tracks.removeValue(forKey: rule.name) ?? [:]
    for sample in samples {
      guard let value = sample.value else {
        own[sample.subject]?.look = looks
        continue
      }
      let isBad = rule.expression.holds(value) && !(sample.isUpperBound && rule.expression.comparison.isUpward)
      guard isBad || !own.isEmpty else { continue }
      let place = own.index(forKey: sample.subject)
      guard isBad || place != nil, rule.concerns(sample.name, source) else { continue }
      take(rule, sample, value, &own, place, isBad: isBad, at)
    }
    // What is gone is not bad any more.
    var gone: [ResourceID] = []
    for (subject, track) in own where track.look != looks && subject.source == source { gone.append(subject) }
    for subject in gone { settle(subject, &own, at) }
    if !own.isEmpty { tracks[rule.name] = own }
  }

  private mutating func take(
    _ rule: WatchRule, _ sample: WatchSample, _ value: Double, _ own: inout [ResourceID: AlertTrack],
    _ place: Dictionary<ResourceID, AlertTrack>.Index?, isBad: Bool, _ at: Moment
  ) {
    guard let place else {
      guard isBad, hasRoom(for: rule, besides: own.count) else { return }
      let id = Self.id(Key(rule: rule.name, subject: sample.subject))
      var track = AlertTrack(since: at, last: at, id: id, value: value, name: sample.name, detail: sample.detail, look: looks)
      raise(rule, sample.subject, &track, at)
      own[sample.subject] = track
      order = nil
      return
    }
    own.values[place].look = looks
    let staysUp = own.values[place].firedAt == nil ? isBad : rule.keepsUp(value)
    guard staysUp else { return settle(sample.subject, &own, at) }
    own.values[place].goodSince = nil
    own.values[place].last = at
    own.values[place].value = value
    own.values[place].detail = sample.detail
    raise(rule, sample.subject, &own.values[place], at)
  }

  /// Warnings by the thousand do not keep out what is critical.
  private mutating func hasRoom(for rule: WatchRule, besides own: Int) -> Bool {
    if tracks.values.reduce(own, { $0 + $1.count }) < Self.most { return true }
    guard rule.severity == .critical else { return false }
    let lesser = rules.lazy.filter { $0.severity < .critical }.map(\.name)
    guard let name = lesser.first(where: { tracks[$0] != nil }), let dropped = tracks[name]?.keys.first else { return false }
    tracks[name]?[dropped] = nil
    if tracks[name]?.isEmpty ?? false { tracks[name] = nil }
    order = nil
    return true
  }

  private mutating func settle(_ subject: ResourceID, _ own: inout [ResourceID: AlertTrack], _ at: Moment) {
    isDirty = true
    guard let place = own.index(forKey: subject) else { return }
    guard own.values[place].firedAt != nil else {
      own.remove(at: place)
      order = nil
      return
    }
    own.values[place].last = at
    if own.values[place].goodSince == nil { own.values[place].goodSince = at }
    isSettling = true
  }

  private mutating func raise(_ rule: WatchRule, _ subject: ResourceID, _ track: inout AlertTrack, _ at: Moment) {
    isDirty = true
    guard track.firedAt == nil, at.age(since: track.since) >= rule.expression.lasting else { return }
    track.firedAt = at
    if let named = byName[rule.name] { changes.append(AlertChange(.fired, alert(named, subject, track), at: at)) }
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
    for rule in staleRules {
      for place in view.sources.indices where !view.sources[place].isResting {
        guard let since = view.sources[place].silentSince else { continue }
        let source = view.sources[place]
        let sample = WatchSample(
          subject: source.id, name: source.name, value: now.age(since: since), detail: source.reading.failure?.failure.what)
        compare(rule, [sample], of: source.name, now)
      }
    }
    if isSettling { end(now) }
    for (id, mark) in quiet where mark.until <= now.unix {
      quiet[id] = nil
      isDirty = true
      if let alert = alerts.first(where: { $0.id == id }) ?? others[id] { changes.append(AlertChange(.loud, alert, at: now)) }
    }
    defer { changes = [] }
    return changes
  }

  /// What is over ends.
  private mutating func end(_ now: Moment) {
    isSettling = false
    for (name, own) in tracks {
      for (subject, track) in own where track.goodSince != nil {
        guard track.isOver else {
          isSettling = true
          continue
        }
        if let named = byName[name] { changes.append(AlertChange(.resolved, alert(named, subject, track), at: now)) }
        tracks[name]?[subject] = nil
        isDirty = true
        order = nil
        forgetAcknowledgement(of: track.id)
      }
    }
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
    order = order ?? sorted
    return alerts
  }

  var alerts: [AlertState] {
    let order = order ?? sorted
    var out: [AlertState] = []
    out.reserveCapacity(order.count)
    // Thousands by one rule stand together: what belongs to the rule is looked for once.
    var last: (rule: SafeText, named: Named, own: [ResourceID: AlertTrack])?
    for key in order {
      if last?.rule != key.rule { last = byName[key.rule].map { (key.rule, $0, tracks[key.rule] ?? [:]) } }
      if let last, let track = last.own[key.subject] { out.append(alert(last.named, key.subject, track)) }
    }
    return out
  }

  private var sorted: [Key] {
    let all = tracks.flatMap { name, own -> [(severity: Severity, since: Double, id: ResourceID, key: Key)] in
      guard let rule = byName[name]?.rule else { return [] }
      return own.map { (rule.severity, $1.since.unix, $1.id, Key(rule: name, subject: $0)) }
    }
    return all.sorted { ($1.severity, $0.since, $0.id) < ($0.severity, $1.since, $1.id) }.map(\.key)
  }

  private static func id(_ key: Key) -> ResourceID {
    let parts = [Array(key.rule.text.utf8), Array(key.subject.kind.rawValue.utf8), key.subject.key]
    return ResourceID(source: key.subject.source, kind: .alert, key: Array(parts.joined(separator: [0])))
  }

  private func alert(_ named: Named, _ subject: ResourceID, _ track: AlertTrack) -> AlertState {
    let rule = named.rule
    let state: AlertState.State = track.firedAt == nil ? .pending : .firing
    var alert = AlertState(id: track.id, name: rule.name, severity: rule.severity, state: state, labels: [])
    alert.since = track.since.unix
    alert.said = .measured(track.name, rule.expression.field, track.value, detail: track.detail)
    alert.value = track.value
    alert.own = .init(subject: subject, rule: rule.name, when: named.text, runbooks: rule.runbooks)
    return quiet.isEmpty ? alert : alert.kept(quiet: quiet[track.id])
  }
}
