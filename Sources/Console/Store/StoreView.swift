public import OpsModel

/// All that panels may draw from. A value: the view that is held is a copy.
public struct StoreView: Sendable {
  public internal(set) var sources: [SourceView] = []
  public internal(set) var history = History()
  /// Every process that some source tells of, brought together.
  public internal(set) var processes: [ProcessView] = []
  /// What the rules of this console found wrong, the worst first.
  public internal(set) var alerts: [AlertState] = []
  /// What probably causes what is wrong, the likeliest first.
  public internal(set) var suspects: [Suspect] = []
  /// Alerts of any system that somebody here knows of, or does not want to hear of.
  public internal(set) var quiet: [ResourceID: AlertQuiet] = [:]
  /// It is of the tape: what was never written there is not known, and nobody can be asked.
  public internal(set) var isPast = false
  /// What happened within the half hour that sparklines show, the newest last.
  public private(set) var pins: [TapeEvent] = []
  /// Where they stand: a table draws them in every line.
  private var marks = PinMarks([])
  /// Looks into a queue, by queue.
  public internal(set) var waiting: [ResourceID: Reading<WaitingTasks>] = [:]
  /// Dead letters, as far as they were walked over.
  public internal(set) var dead = DeadView()
  /// Runbooks and their runs.
  public internal(set) var runbooks = RunbookBook()
  /// The audit log; nil where it was not read yet.
  public internal(set) var audit: AuditView?
  /// The plan that was asked for last.
  public internal(set) var plan: PlanView?
  /// What a source tells of the process that is looked at.
  public internal(set) var detail: (process: ResourceID, reading: Reading<ProcessDetail>)?
  /// What a process told last when it was asked.
  public internal(set) var inside: InsideView?
  /// What was found of tables and indexes, by source.
  public internal(set) var findings: [SafeText: Reading<TableFindings>] = [:]
  /// How tasks are sent and worked on, as far as it was looked at, by source.
  public internal(set) var hygiene: [SafeText: Reading<HygieneReport>] = [:]
  /// What discovery says while and after it looks; empty where sources are configured.
  public internal(set) var discovery: [Notice] = []
  public internal(set) var isDiscovering = false
  /// Counts every change but those of `judged`: what was computed of a view holds as long as this is the same.
  var revision = 0
  /// Counts changes of alerts, suspects and pins: most tables show none of them.
  var judged = 0
  /// Counts how often a source was asked: that alone changes no number.
  var asked = 0
  /// For a held view, the live one whose freshness it follows.
  var follows = 0

  public init() {}

  mutating func keep(pins events: [TapeEvent]) {
    pins = events
    marks = PinMarks(events)
  }

  public func source(_ name: SafeText) -> SourceView? { sources.first { $0.name == name } }

  /// Rows of one facet over all sources, with the source of each.
  public func rows<Row>(_ facet: KeyPath<Observation, [Row]>) -> [(source: SourceView, row: Row)] {
    sources.flatMap { source in
      (source.reading.value?[keyPath: facet] ?? []).map { (source, $0) }
    }
  }

  /// The numbers of a sparkline, and the columns in which an alert of its source began, something was done, or a note was taken.
  public func spark(_ measure: History.Measure, of id: ResourceID, source: SourceView, width: Int, now: Moment) -> TableCell {
    TableCell(
      line: history.line(measure, of: id, width: width, now: now, interval: source.interval),
      pins: history.pins(measure, of: id, width: width, now: now, at: marks.times(source.name)))
  }

  public func sources(with facet: Facet) -> [SourceView] {
    sources.filter { $0.reading.value?.facets.contains(facet) ?? false }
  }
}
