public import OpsModel

/// Something that happened to an alert.
public struct AlertChange: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case fired, resolved, acknowledged, muted
    /// What kept it quiet is over.
    case loud
  }

  public let kind: Kind
  public let alert: AlertState
  public let at: Moment

  public init(_ kind: Kind, _ alert: AlertState, at: Moment) {
    self.kind = kind
    self.alert = alert
    self.at = at
  }
}
