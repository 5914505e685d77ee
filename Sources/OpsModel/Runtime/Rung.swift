/// Where a number of a process comes from, from what the process tells by itself to what has to be asked of it.
public enum Rung: UInt8, Hashable, Sendable, Comparable, CaseIterable, Codable {
  /// Control groups and `/proc`: what the system tells about any process.
  case proc
  /// A server in front of it: uWSGI's stats, gunicorn's control socket and heartbeats.
  case gunicorn
  case uwsgi
  /// A file that the runtime keeps up to date: `hsperfdata` of a JVM.
  case hsperfdata
  case prometheus
  /// Its own metrics, read directly.
  case metrics

  public var word: SafeText {
    switch self {
    case .proc: "proc"
    case .gunicorn: "gunicorn"
    case .uwsgi: "uwsgi"
    case .hsperfdata: "hsperfdata"
    case .prometheus: "prometheus"
    case .metrics: "metrics"
    }
  }

  /// The later one knows more of the inside, and wins where two tell the same.
  public static func < (left: Rung, right: Rung) -> Bool { left.rawValue < right.rawValue }
}
