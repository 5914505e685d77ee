public import Canvas
public import OpsModel

/// One page of the wallboard. Pure, as panels are: a view in, cells out.
public protocol WallPage {
  /// As it stands in the configuration: `overview`.
  static var id: String { get }
  static var title: SafeText { get }
  /// How bad it is what the page shows; nil where it has nothing to show.
  static func urgency(_ view: StoreView, _ now: Moment) -> Severity?
  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect)
}

/// A page that can be shown: one line of the catalogue.
public struct WallEntry: Sendable {
  public let id: String
  public let title: SafeText
  let urgency: @Sendable (StoreView, Moment) -> Severity?
  let draw: @Sendable (StoreView, Moment, inout Canvas, Rect) -> Void

  public init<Page: WallPage & SendableMetatype>(_ page: Page.Type) {
    id = page.id
    title = page.title
    urgency = { page.urgency($0, $1) }
    draw = { page.draw($0, $1, &$2, $3) }
  }
}
