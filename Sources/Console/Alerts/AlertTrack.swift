import OpsModel

/// A rule that holds for something, from the first sample that was bad until it is over.
struct AlertTrack: Sendable {
  /// First bad sample, and the last of any kind whose value was known.
  let since: Moment
  var last: Moment
  /// Of the alert, computed once: thousands may be listed with every look.
  let id: ResourceID
  var value: Double
  /// What the rule holds for, and what the number does not say.
  var name: SafeText
  var detail: SafeText?
  var firedAt: Moment?
  /// Since when the samples are good again.
  var goodSince: Moment?
  /// The last look that had a sample of it.
  var look = 0

  /// Seconds that samples must be good before a raised alert is over. Silence after one good sample is no health.
  static let settling = 10.0

  var isOver: Bool { goodSince.map { last.age(since: $0) >= Self.settling } ?? false }
}
