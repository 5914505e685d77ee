import OpsModel

/// One number that a rule is compared with, and what it is about.
struct WatchSample {
  let subject: ResourceID
  let name: SafeText
  /// Nil while it is not known: what was wrong is not over by that.
  let value: Double?
  /// What the number does not say.
  var detail: SafeText?
  /// The truth is this or less: no reason to say that it is too much.
  var isUpperBound = false
}
