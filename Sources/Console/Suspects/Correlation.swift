import OpsModel

/// Where no rule speaks: what moved together with what is wrong, and before it. This is no cause, and says so.
enum Correlation {
  static let most = 4
  /// Numbers that are compared at most.
  private static let limit = 400

  /// The alert whose line others are compared with.
  struct Target: Equatable {
    let alert: SafeText
    let id: ResourceID
    let measure: History.Measure
  }

  /// The worst that fires and whose number is remembered.
  static func target(_ scene: SuspectScene) -> Target? {
    // Thousands may fire by one of a few rules: the text of each is read once.
    var known: [(when: SafeText, field: WatchField?)] = []
    let alerts = scene.view.alerts
    for place in alerts.indices where alerts[place].state == .firing {
      guard let when = alerts[place].own?.when else { continue }
      if !known.contains(where: { $0.when == when }) { known.append((when, field(when))) }
      guard let field = known.first(where: { $0.when == when })?.field, let subject = alerts[place].own?.subject else { continue }
      if let (measure, id) = measure(field, subject, scene) { return Target(alert: alerts[place].name, id: id, measure: measure) }
    }
    return nil
  }

  static func find(_ wanted: Target, _ scene: SuspectScene) -> [Suspect] {
    let (measure, id) = (wanted.measure, wanted.id)
    let target = scene.view.history.steps(measure, of: id, each: Onset.step, count: Onset.steps, until: scene.now)
    guard let begun = Onset.of(target, scene.now, gap: Onset.gap(id, scene)) else { return [] }
    // What is counted together with it moves with it, and says nothing.
    let others = scene.view.history.all.filter { !($0.id.source == id.source && $0.measure == measure) && !$0.measure.isCounter }.sorted {
      $0.id < $1.id
    }
    .prefix(limit)
    let found = others.compactMap { key -> (key: History.Key, onset: Onset, strength: Double)? in
      let line = scene.view.history.steps(key.measure, of: key.id, each: Onset.step, count: Onset.steps, until: scene.now)
      guard let onset = Onset.of(line, scene.now, gap: Onset.gap(key.id, scene)), onset.since <= begun.since + 2 * Onset.step else {
        return nil
      }
      let strength = strength(line, target)
      return strength >= 0.6 ? (key, onset, strength) : nil
    }
    let ranked = found.sorted { ($0.strength, $1.onset.since, $0.key.id) > ($1.strength, $0.onset.since, $1.key.id) }
    return ranked.prefix(most).map { suspect($0.key, $0.onset, $0.strength, begun, wanted.alert) }
  }

  private static func suspect(_ key: History.Key, _ onset: Onset, _ strength: Double, _ begun: Onset, _ alert: SafeText) -> Suspect {
    let lead = begun.since - onset.since
    let when: SafeText = lead >= Onset.step ? "\(Units.age(lead)) before" : "at the same time as"
    let unit = key.measure.unit
    return Suspect(
      "moved-with", key.id, .warning, score: Int(strength * 30),
      "\(key.measure.name) of \(AlertSubject.name(key.id)) moved \(when) \(alert)",
      evidence: [
        Suspect.Evidence(
          "from \(unit.text(onset.before)) to \(unit.text(onset.now)) since \(Calendar.clock(onset.since))", from: key.id.source),
        Suspect.Evidence("correlation \(Units.percent(strength)): it moved together, which is no proof of a cause"),
      ], since: onset.since, isCorrelation: true)
  }

  /// Pearson's coefficient of two lines where both are known, whatever the sign.
  static func strength(_ left: [Double?], _ right: [Double?]) -> Double {
    let pairs = zip(left, right).compactMap { left, right in left.flatMap { left in right.map { (left, $0) } } }
    guard pairs.count >= 12 else { return 0 }
    let number = Double(pairs.count)
    let means = (pairs.reduce(0) { $0 + $1.0 } / number, pairs.reduce(0) { $0 + $1.1 } / number)
    var product = 0.0
    var squares = (0.0, 0.0)
    for (left, right) in pairs {
      product += (left - means.0) * (right - means.1)
      squares.0 += (left - means.0) * (left - means.0)
      squares.1 += (right - means.1) * (right - means.1)
    }
    let scale = (squares.0 * squares.1).squareRoot()
    return scale > 0 ? abs(product / scale) : 0
  }

  private static func field(_ when: SafeText) -> WatchField? {
    let name = String(when.text.prefix { $0 != " " })
    if let plain = WatchField.Plain(rawValue: name) { return .plain(plain) }
    return Signal.allCases.first { $0.name.text == name }.map { .signal($0) }
  }

  /// The remembered number that an alert is about; nil where its own is not remembered: another one would stand under its name.
  private static func measure(_ field: WatchField, _ subject: ResourceID, _ scene: SuspectScene) -> (History.Measure, ResourceID)? {
    var source: ResourceID { ResourceID(source: subject.source, kind: .source, key: subject.source.text) }
    let found: (History.Measure, ResourceID)? =
      switch field {
      case .signal(let signal), .share(let signal, _): (.signal(signal), subject)
      case .plain(let plain):
        switch plain {
        case .queueReady, .queueGrowth, .queueUnserved: (.ready, subject)
        case .queueDead: (.dead, subject)
        case .deadCount, .deadRate: (.dead, source)
        case .queueScheduled: (.scheduled, source)
        case .workersBusy, .workersStuck: (.busy, source)
        case .workersLost: (.workers, source)
        case .sessionWaiting, .blockerWait, .blockerVictims, .databaseWaiting: (.waiting, source)
        default: nil
        }
      }
    return found.flatMap { scene.view.history.has($0.0, of: $0.1) ? $0 : nil }
  }
}
