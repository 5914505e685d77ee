/// How the wallboard goes on.
public struct WallSettings: Sendable, Equatable {
  /// Ids of pages in their order; nil composes them by itself, the worst first.
  public var pages: [String]?
  /// Seconds that a page stays.
  public var rotate = 15.0
  /// No key ends it.
  public var isKiosk = false

  public init() {}
}
