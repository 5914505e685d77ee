public import OpsModel

/// One change of what is kept quiet. Several consoles share one list, so that changes are written and never the list of one of them.
public enum QuietEdit: Hashable, Sendable {
  case begin(ResourceID, AlertQuiet)
  /// Ends this mark; one that came in its place stays.
  case end(ResourceID, AlertQuiet)

  public func applied(to marks: [ResourceID: AlertQuiet]) -> [ResourceID: AlertQuiet] {
    var out = marks
    switch self {
    case .begin(let id, let mark): out[id] = mark
    case .end(let id, let mark): if out[id] == mark { out[id] = nil }
    }
    return out
  }
}
