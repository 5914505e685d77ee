import Foundation

/// How much of a long test is run: all of it by `make soak`, a tenth of it by `make test`.
public enum Amount {
  public static let isSoak = ProcessInfo.processInfo.environment["OPSCONSOLE_SOAK"] == "1"

  /// A count of rounds: the whole in a soak, a tenth otherwise, at least one.
  public static func of(_ whole: Int) -> Int { isSoak ? whole : max(1, whole / 10) }
}
