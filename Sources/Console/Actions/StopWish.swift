import Canvas
import OpsModel

/// How the operator stops a running operation: `s`, or Esc twice. One Esc alone stops nothing: it may be a slip of the finger, or the
/// head of a sequence that the line has torn. In production the console asks first.
struct StopWish {
  enum Answer: Equatable {
    case nothing, stop
    case say(SafeText)
  }

  /// Seconds within which a second Esc belongs to the first.
  static let patience = 3.0

  private var escapedAt: Moment?
  /// The console has asked, and waits for `y`.
  private(set) var isAsked = false

  mutating func take(_ key: Key, isProduction: Bool, now: Moment) -> Answer {
    if isAsked {
      isAsked = false
      return key == Key("y") ? .stop : .say("it continues")
    }
    guard wants(key, now) else { return escapedAt == nil ? .nothing : .say("it continues; Esc again within 3 s stops it, or s") }
    escapedAt = nil
    isAsked = isProduction
    return isProduction ? .nothing : .stop
  }

  private mutating func wants(_ key: Key, _ now: Moment) -> Bool {
    guard key == .escape else {
      escapedAt = nil
      return key == Key("s")
    }
    if let escapedAt, now.age(since: escapedAt) < Self.patience { return true }
    escapedAt = now
    return false
  }

  /// The keys that work now.
  var hint: SafeText {
    isAsked ? "PRODUCTION: stop after this batch? y stops it, any other key continues" : "s, or Esc twice, stops after this batch"
  }
}
