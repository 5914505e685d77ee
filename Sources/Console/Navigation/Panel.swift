public import Canvas
public import OpsModel

/// One screen of the console. Pure: state and store in, cells and requests out. No clock, no I/O, no terminal.
public protocol Panel {
  associatedtype State: Equatable & Sendable

  static var manifest: PanelManifest { get }
  /// Commands of this panel alone; table commands and global ones come by themselves.
  static var commands: [Command] { get }

  /// - Parameter target: what was selected where the operator came from.
  static func start(at target: ResourceID?) -> State

  /// What it needs to be read when it is opened.
  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request]

  /// A source came to be known while the panel is on the screen.
  static func appeared(_ source: SourceView) -> [Request]

  /// Takes one command.
  static func reduce(_ command: CommandID, _ state: inout State, _ context: PanelContext) -> [Request]

  /// Why a command can do nothing here and now; nil where it can.
  static func disabled(_ command: CommandID, _ state: State, _ context: PanelContext) -> SafeText?

  static func draw(_ state: State, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect)

  /// What stands behind the panel's title in the breadcrumb line.
  static func crumbs(_ state: State, _ context: PanelContext) -> [SafeText]

  /// The facet whose age stands in the crumb line; nil where each row tells its own.
  static var facet: Facet? { get }

  /// The name that `copy` hands out.
  static func selection(_ state: State, _ context: PanelContext) -> SafeText?

  /// The table of the panel, where it is one: filter, sort and movement work on it.
  static var table: WritableKeyPath<State, TableState>? { get }
  static var sortable: [SortChoice] { get }
  static var filterFields: [FilterField] { get }
}

extension Panel {
  public static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [] }

  public static func appeared(_ source: SourceView) -> [Request] { [] }
}

/// What a panel is called and where it is found.
public struct PanelManifest: Hashable, Sendable {
  /// `queues`
  public let id: String
  public let title: SafeText
  /// For the panel line of a narrow screen.
  public let short: SafeText
  public let summary: SafeText
  public let digit: Int
  /// Panels of one group are tabs of each other, in the order of the catalogue.
  public let group: String
  /// What its tab is called; nil where it is none.
  public let tab: SafeText?
  /// While it is on the screen, sources read for it what they read less often otherwise.
  public let wantsAttention: Bool

  public init(
    id: String, title: SafeText, short: SafeText? = nil, summary: SafeText, digit: Int, group: String? = nil, tab: SafeText? = nil,
    wantsAttention: Bool = false
  ) {
    self.short = short ?? title
    self.wantsAttention = wantsAttention
    self.group = group ?? id
    self.tab = tab
    self.id = id
    self.title = title
    self.summary = summary
    self.digit = digit
  }
}

/// What a panel may look at while it reduces or draws.
public struct PanelContext: Sendable {
  public let view: StoreView
  public let now: Moment
  /// Keeps arranged tables while nothing changes.
  public let cache: ArrangementCache
  /// Room of the panel, for page movement.
  public let size: Size
  /// Why nothing can be changed; nil where it can.
  public let readOnly: SafeText?

  public init(view: StoreView, now: Moment, cache: ArrangementCache, size: Size, readOnly: SafeText? = nil) {
    self.readOnly = readOnly
    self.view = view
    self.now = now
    self.cache = cache
    self.size = size
  }
}

/// What a panel asks the console to do.
public enum Request: Equatable, Sendable {
  /// Opens a panel, with a target to put the cursor on or to look into.
  case open(panel: String, target: ResourceID?)
  /// Reads the ends of a queue; the answer arrives in the store.
  case look(into: ResourceID)
  /// Groups the dead letters of a source, or of all.
  case study(SafeText?)
  case stopStudy
  case listDead(DeadListRequest)
  case inspect(SafeText, Target)
  /// Rehearses an action and asks for its confirmation.
  case act(ActionDraft)
  /// Looks at how the tasks of these sources are sent.
  case hygiene([SafeText])
  /// What kept an alert quiet here is over.
  case loud(AlertState)
  /// Asks for a word first.
  case ask(AskRequest)
  /// Lists quarantine files of a source; the one that is chosen is restored.
  case restore(SafeText)
  /// Writes letters to a file, as JSON lines.
  case exportDead(DeadListRequest)
  case readAudit
  /// Asks for a plan; the answer arrives in the store.
  case explain(PlanRequest)
  /// Looks at the tables and indexes of a source.
  case examine(SafeText)
  /// Asks for what a source tells of one process only; the answer arrives in the store.
  case detail(ResourceID)
  /// Something about runbooks.
  case runbook(RunbookWish)
}

extension Request {
  /// Whether it concerns a server, or what is now: not while the screen shows what was.
  var asksOutside: Bool {
    switch self {
    case .open, .readAudit, .stopStudy: false
    case .look, .hygiene, .study, .listDead, .inspect, .act, .ask, .restore, .exportDead, .explain, .examine, .detail, .loud: true
    case .runbook(let wish): wish != .list
    }
  }
}

/// A column that can be sorted by.
public struct SortChoice: Hashable, Sendable {
  public let column: String
  public let title: SafeText

  public init(column: String, title: SafeText) {
    self.column = column
    self.title = title
  }
}
