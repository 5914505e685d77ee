import OpsModel

/// When a number left what was usual for it.
struct Onset {
  let before: Double
  let now: Double
  /// Seconds since 1970.
  let since: Double

  var factor: Double { before > 0 ? now / before : (now > 0 ? .infinity : 1) }

  /// Seconds that one step of a compared line stands for, and steps.
  static let step = 5.0
  static let steps = 180

  /// Nil where it moves as it always did, or where too little is known.
  static func of(_ measure: History.Measure, _ id: ResourceID, _ scene: SuspectScene) -> Onset? {
    let line = scene.view.history.steps(measure, of: id, each: step, count: steps, until: scene.now)
    return of(line, scene.now, gap: gap(id, scene))
  }

  /// Steps without a number that a source leaves at its pace; a longer gap is silence.
  static func gap(_ id: ResourceID, _ scene: SuspectScene) -> Int {
    Int(clamped: (2.5 * (scene.view.source(id.source)?.interval ?? 2) / step).rounded(.up))
  }

  /// - Parameters:
  ///   - line: the newest last, `step` seconds apart.
  ///   - gap: steps that may be missing between two numbers.
  static func of(_ line: [Double?], _ now: Moment, gap: Int) -> Onset? {
    // What went silent tells nothing of now.
    guard line.suffix(gap + 1).contains(where: { $0 != nil }) else { return nil }
    let known = line.compactMap { $0 }
    guard known.count >= 12 else { return nil }
    let usual = known.prefix(max(6, known.count / 2)).sorted()
    let middle = usual[usual.count / 2]
    let spread = usual.map { abs($0 - middle) }.sorted()[usual.count / 2]
    let margin = max(4 * spread, 0.5 * abs(middle), 1e-6)
    func isFar(_ value: Double) -> Bool { abs(value - middle) > margin }
    let latest = known.suffix(2)
    guard latest.allSatisfy(isFar) else { return nil }
    // Backwards from now to the last step that was usual.
    var steps = 0
    var missing = 0
    for (index, value) in line.reversed().enumerated() {
      missing = value == nil ? missing + 1 : 0
      if missing > gap { break }
      guard let value else { continue }
      if !isFar(value) { break }
      steps = index + 1
    }
    return Onset(before: middle, now: latest.reduce(0, +) / Double(latest.count), since: now.unix - Double(steps) * step)
  }
}
