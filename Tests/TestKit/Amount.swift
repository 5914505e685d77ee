import Foundation

/// How much of a long test is run: all of it by `make soak`, a tenth of it by `make test`.
public enum Amount {
  public static let isSoak = ProcessInfo.processInfo.environment["OPSCONSOLE_SOAK"] == "1"
  /// Whether only what needs no waiting is run: by `make test-quick`.
  public static let isQuick = ProcessInfo.processInfo.environment["OPSCONSOLE_MODE"] == "quick"

  /// A count of rounds: the whole in a soak, a tenth otherwise, at least one.
  public static func of(_ whole: Int) -> Int { isSoak ? whole : max(1, whole / 10) }
}
