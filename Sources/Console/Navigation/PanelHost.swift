public import Canvas
public import OpsModel

/// An open panel whatever its state is.
public protocol OpenPanel: Sendable {
  var manifest: PanelManifest { get }
  /// What it was opened for.
  var target: ResourceID? { get }
  var commands: [Command] { get }
  var tableState: TableState? { get set }
  var sortable: [SortChoice] { get }
  var filterFields: [FilterField] { get }
  var facet: Facet? { get }

  mutating func reduce(_ command: CommandID, _ context: PanelContext) -> [Request]
  func appeared(_ source: SourceView) -> [Request]
  func disabled(_ command: CommandID, _ context: PanelContext) -> SafeText?
  func draw(_ context: PanelContext, _ canvas: inout Canvas, _ area: Rect)
  func crumbs(_ context: PanelContext) -> [SafeText]
  func selection(_ context: PanelContext) -> SafeText?
}

/// Holds the state of one open panel.
struct PanelHost<Kind: Panel>: OpenPanel {
  var state: Kind.State
  let target: ResourceID?

  var manifest: PanelManifest { Kind.manifest }
  var commands: [Command] { Kind.commands + (Kind.table == nil ? [] : TableCommands.all) }
  var sortable: [SortChoice] { Kind.sortable }
  var filterFields: [FilterField] { Kind.filterFields }
  var facet: Facet? { Kind.facet }

  var tableState: TableState? {
    get { Kind.table.map { state[keyPath: $0] } }
    set {
      if let newValue, let path = Kind.table { state[keyPath: path] = newValue }
    }
  }

  mutating func reduce(_ command: CommandID, _ context: PanelContext) -> [Request] { Kind.reduce(command, &state, context) }

  func appeared(_ source: SourceView) -> [Request] { Kind.appeared(source) }

  func disabled(_ command: CommandID, _ context: PanelContext) -> SafeText? { Kind.disabled(command, state, context) }

  func draw(_ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) { Kind.draw(state, context, &canvas, area) }

  func crumbs(_ context: PanelContext) -> [SafeText] { Kind.crumbs(state, context) }

  func selection(_ context: PanelContext) -> SafeText? { Kind.selection(state, context) }
}

/// A panel that can be opened: one line of the catalogue.
public struct PanelEntry: Sendable {
  public let manifest: PanelManifest
  public let commands: [Command]
  public let isTable: Bool
  /// Stands in the panel line and has a digit; the others are reached from a panel.
  public let isTop: Bool
  public let open: @Sendable (ResourceID?) -> any OpenPanel
  /// What is to be read when it is opened.
  public let opened: @Sendable (ResourceID?, PanelContext) -> [Request]

  public init<Kind: Panel & SendableMetatype>(_ kind: Kind.Type, isTop: Bool = true) {
    manifest = kind.manifest
    commands = kind.commands
    isTable = kind.table != nil
    self.isTop = isTop
    open = { PanelHost<Kind>(state: Kind.start(at: $0), target: $0) }
    opened = { Kind.opened($0, $1) }
  }
}
