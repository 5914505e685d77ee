public import Canvas
public import OpsModel

/// The running console without terminal, sockets or clock of its own: events in, frames and effects out.
@MainActor
public final class ConsoleApp {
  let catalogue: [PanelEntry]
  let keymap: Keymap
  let identity: Identity
  let clock: any OpsClock
  public internal(set) var theme: Theme
  var store: Store
  var navigation: Navigation
  var overlay = Overlay.none
  var hold = Hold()
  /// Set while the screen shows what was.
  var rewind: Rewind?
  /// Who writes down what is seen; nil until that is known.
  var recording: RecordingState?
  /// When this console began to want a tape.
  private var tapeWantedAt: Moment?
  /// There is no now: a tape is shown.
  let isReplay: Bool
  let cache = ArrangementCache()
  /// Panels that have a digit, and commands of every screen.
  let tops: [PanelManifest]
  /// Panels that are tabs of each other, by group.
  private let tabGroups: [String: [PanelEntry]]
  let globals: [Command]
  var message: (notice: Notice, until: Moment)?
  /// Why nothing could be written down now, so that nothing may be changed; nil where it could.
  var unrecorded: SafeText?
  var size = Size(columns: 80, rows: 24)
  /// When sources were last told that somebody looks.
  private var attendedAt: Moment?
  /// Actions that were begun.
  var actions = 0
  /// The run that was asked to pause by Ctrl-C, and when.
  var interruptedRun: (run: ResourceID, at: Moment)?
  let telling: AlertTelling

  /// Set when the console shall end: the exit code.
  public internal(set) var exitCode: Int32?
  /// Something changed that the last frame does not show.
  public internal(set) var isDirty = true
  /// It should be shown at once. New numbers of a source that was fresh anyway wait for the tick of the clock, so that an idle
  /// terminal is written to once a second and not at every poll.
  public internal(set) var isUrgent = true

  /// - Parameter catalogue: at least one panel.
  public init?(
    catalogue: [PanelEntry], keymap: Keymap, identity: Identity, theme: Theme, clock: any OpsClock, alerts: AlertBook = AlertBook(),
    telling: AlertTelling = AlertTelling(), isReplay: Bool = false
  ) {
    self.isReplay = isReplay
    guard let first = catalogue.first else { return nil }
    store = Store(alerts: alerts, isPast: isReplay)
    self.telling = telling
    self.catalogue = catalogue
    tops = catalogue.filter(\.isTop).map(\.manifest)
    tabGroups = Dictionary(grouping: catalogue.filter { $0.manifest.tab != nil }) { $0.manifest.group }
    globals = GlobalCommands.all(panels: tops)
    self.keymap = keymap
    self.identity = identity
    self.theme = theme
    self.clock = clock
    navigation = Navigation(first: first.open(nil))
  }

  /// The numbers as they are now, whatever is held on the screen.
  public var liveView: StoreView { store.view }

  public func handle(_ event: ConsoleEvent) -> [Effect] {
    let wasUrgent = isUrgent
    isDirty = true
    isUrgent = true
    let now = clock.now()
    switch event {
    case .input(let input): return take(input)
    case .asked, .failures:
      store.take(event)
      isUrgent = wasUrgent
    case .observed(let observation):
      let wasFresh = store.view.source(observation.source)?.isFresh(at: now) ?? false
      store.take(event)
      isUrgent = wasUrgent || !wasFresh
    case .failed, .discovery, .quiet: store.take(event)
    case .source(let source):
      store.take(event)
      return navigation.top.appeared(source).flatMap { perform($0) }
    case .waiting(let queue, let result): store.waiting(queue, result, at: now)
    case .study(let study): store.dead { $0.take(study) }
    case .deadList(let list): store.dead { if $0.list?.request == list.request { $0.list = list } }
    case .deadDetail(let id, let result): store.detail(id, result, at: now)
    case .action(let event, let number): return take(event, number, now)
    case .quarantine(let source, let files): choose(source, files)
    case .audit(let audit): store.audit(audit)
    case .plan(let request, let result): store.plan(request, result, at: now)
    case .findings(let source, let result): store.findings(source, result, at: now)
    case .detail(let process, let result): store.detail(process, result, at: now)
    case .hygiene(let source, let result): store.hygiene(source, result, at: now)
    case .rewound(let answer): return rewound(answer)
    case .recording(let state): recording = state
    case .pin(let event): store.pin(event)
    case .runbooks(let news): return take(news)
    case .theme(let theme): self.theme = theme
    case .unrecorded(let why): unrecorded = why
    case .message(let notice): say(notice)
    }
    return []
  }

  private func take(_ event: ActionEvent, _ number: Int, _ now: Moment) -> [Effect] {
    guard case .action(var box) = overlay, box.number == number else { return [] }
    box.take(event, now: now)
    overlay = .action(box)
    guard case .finished(let result) = event else { return [] }
    finished(result, box.draft)
    return [.record(pinned(result, box.draft))]
  }

  /// Seconds between two signs that somebody looks.
  static let attention = 15.0

  /// To be called once a second: clocks and ages have moved.
  @discardableResult
  public func tick() -> [Effect] {
    let now = clock.now()
    defer { isDirty = true }
    if let message, message.until < now { self.message = nil }
    hold.tick(now)
    if recording == nil, let tapeWantedAt, now.age(since: tapeWantedAt) > Self.tapePatience {
      recording = .failed("the disk does not answer")
    }
    return telling.effects(of: store.tick(now)) + quietEdits() + attention(now) + tape(now)
  }

  /// What is remembered from now on goes onto a tape as well.
  public func beginTape() {
    store.beginTape()
    tapeWantedAt = clock.now()
  }

  /// Seconds that a tape may take to be opened before the screen says that nobody records.
  static let tapePatience = 3.0

  private func tape(_ now: Moment) -> [Effect] {
    let tick = store.takeTick(now)
    return tick.isEmpty ? [] : [.tape(tick)]
  }

  private func attention(_ now: Moment) -> [Effect] {
    guard navigation.top.manifest.wantsAttention, !hold.isManual else {
      attendedAt = nil
      return []
    }
    if let attendedAt, now.age(since: attendedAt) < Self.attention { return [] }
    attendedAt = now
    return [.attend]
  }

  func say(_ notice: Notice) { message = (notice, clock.now().advanced(by: 8)) }

  /// What the panels see: live, or held.
  var shownView: StoreView {
    if var past = rewind?.shown?.view {
      past.audit = store.view.audit
      past.runbooks = store.view.runbooks
      return past
    }
    guard var held = hold.view else { return store.view }
    held.waiting = store.view.waiting
    held.dead = store.view.dead
    held.audit = store.view.audit
    held.runbooks = store.view.runbooks
    held.plan = store.view.plan
    held.findings = store.view.findings
    held.inside = store.view.inside
    held.hygiene = store.view.hygiene
    held.detail = store.view.detail
    held.follows = store.view.revision
    for index in held.sources.indices {
      if let live = store.view.source(held.sources[index].name) { held.sources[index] = held.sources[index].following(live) }
    }
    return held
  }

  func context(_ area: Rect? = nil) -> PanelContext {
    let body = area ?? ScreenLayout(size: size).body
    return PanelContext(
      view: shownView, now: shownNow, cache: cache, size: Size(columns: body.width, rows: body.height),
      readOnly: whyRewound ?? whyNothing)
  }

  /// Commands in the order in which keys are looked up: the panel's own, then those of every screen.
  var commands: [Command] {
    navigation.top.commands + (tabs.isEmpty ? [] : TabCommands.all) + globals
  }

  /// The panels that stand beside the open one as tabs; empty where there are none.
  var tabs: [PanelEntry] {
    let top = navigation.top.manifest
    guard top.tab != nil else { return [] }
    return tabGroups[top.group] ?? []
  }
}
