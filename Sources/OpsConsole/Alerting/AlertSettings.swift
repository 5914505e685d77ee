import OpsModel

/// What is watched, and who is told how.
struct AlertSettings: Sendable {
  /// The built-in rules with the changes of the configuration.
  var rules = WatchRule.builtIn
  /// From which severity on the terminal rings, and is sent a notification (OSC 9); nil for never.
  var bell: Severity?
  var notification: Severity?
  /// A program to run when an alert of this severity begins: path and arguments, no shell.
  var hooks: [Severity: [String]] = [:]
}
