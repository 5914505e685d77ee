public import OpsModel

/// Who writes down what this console sees.
public enum RecordingState: Equatable, Sendable {
  /// This console.
  case here
  /// Another process of this account, onto the tape of the same environment, label and configuration.
  case elsewhere(pid: Int?)
  /// Nobody, as the configuration wants it.
  case off
  /// Nobody, and why: a few words.
  case failed(SafeText)

  /// What the first line says, the longest first.
  var forms: [SafeText] {
    switch self {
    case .here: ["recording", "rec"]
    case .elsewhere(let pid?): ["not recorded: pid \(pid) records", "pid \(pid) records", "rec \(pid)"]
    case .elsewhere(nil): ["not recorded: another process records", "another records", "rec other"]
    case .off: ["not recorded: tape is off", "not recorded", "no rec"]
    case .failed(let why): ["NOT RECORDED: \(why.prefix(44))", "NOT RECORDED", "NO REC"]
    }
  }
}
