public import OpsModel

extension ConsoleApp {
  /// The moment that is shown, where it is not now.
  var rewoundTo: Double? { rewind?.shown?.at }

  /// The time of what is shown: ages are reckoned from it.
  var shownNow: Moment { rewoundTo.map { Moment(recorded: $0) } ?? clock.now() }

  /// Why nothing can be done while the screen shows what was.
  var whyRewound: SafeText? {
    rewind.map { _ in isReplay ? "a tape is shown: nothing can be asked or done" : "rewound: this is what was; Esc goes back to now" }
  }

  func runTape(_ id: CommandID) -> [Effect]? {
    let now = clock.now().unix
    let here = rewind?.at ?? now
    switch id {
    case TapeCommands.back: return jump(.to(((here - 1) / Rewind.step).rounded(.down) * Rewind.step))
    case TapeCommands.forward: return forward(from: here, now)
    case TapeCommands.eventBefore: return jump(.eventBefore(here))
    case TapeCommands.eventAfter: return jump(.eventAfter(here))
    case TapeCommands.goto: overlay = .ask(AskPrompt(AskRequest("time", .time)))
    case TapeCommands.note: overlay = .ask(AskPrompt(AskRequest("note", .note)))
    default: return nil
    }
    return []
  }

  private func forward(from here: Double, _ now: Double) -> [Effect] {
    let next = ((here + Rewind.step) / Rewind.step).rounded(.down) * Rewind.step
    return next >= now && !isReplay ? returnToNow() : jump(.to(next))
  }

  /// Asks for a moment; while one is being read only the last wish counts.
  func jump(_ place: TapeJump) -> [Effect] {
    var next = rewind ?? Rewind()
    next.wanted = place
    defer { rewind = next }
    guard !next.isReading else { return [] }
    next.isReading = true
    return [.rewind(place)]
  }

  /// - Returns: nothing where the screen shows now already.
  @discardableResult
  func returnToNow() -> [Effect] {
    guard !isReplay else { return jump(.end) }
    rewind = nil
    say(Notice(.ok, "back to now"))
    // What the open panel wanted to have read was not asked for while it was rewound.
    let entry = catalogue.first { $0.manifest.id == navigation.top.manifest.id }
    return entry.map { begin($0, nil) } ?? []
  }

  /// A moment has come from the tape.
  func rewound(_ answer: TapeAnswer) -> [Effect] {
    guard var state = rewind else { return [] }
    state.isReading = false
    let asked = answer.place
    switch answer.result {
    case .success(let moment):
      state.shown = (moment.at, StoreView(moment, now: store.view, clock: clock.now()), moment.owner)
      if case .to = asked {
      } else if let event = moment.events.last(where: { $0.at <= moment.at + 0.001 }) {
        say(Notice(.ok, "\(Calendar.clock(event.at)) \(event.source) \(event.title)"))
      }
      for gap in moment.gaps { say(Notice(.warning, "not all of it could be read: \(gap)")) }
    case .failure(let problem): say(Notice(.warning, problem.sentence))
    }
    let isNew = state.wanted != nil && state.wanted != asked
    if !isNew { state.wanted = nil }
    // Without anything to show the screen goes on showing now.
    rewind = state.shown == nil && !isNew && !isReplay ? nil : state
    guard isNew, let wanted = state.wanted else { return [] }
    rewind?.isReading = true
    return [.rewind(wanted)]
  }

  /// What is on the screen, and its time.
  public var shown: (view: StoreView, now: Moment) { (shownView, shownNow) }

  /// Begins with a place of the tape.
  public func begin(_ place: TapeJump) -> [Effect] { jump(place) }

  /// Takes a time that was typed.
  func goTo(_ text: String) -> [Effect] {
    guard let time = TapeTime.parse(text, now: clock.now().unix) else {
      say(Notice(.warning, "write a time such as \(TapeTime.examples)"))
      return []
    }
    overlay = .none
    return jump(.to(time))
  }

  func takeNote(_ text: String) -> [Effect] {
    let note = SafeText(escaping: text, limit: 500)
    guard note.text.contains(where: { !$0.isWhitespace }) else {
      say(Notice(.warning, "nothing was typed; Esc gives up"))
      return []
    }
    overlay = .none
    say(Notice(.ok, "noted"))
    let event = TapeEvent(at: shownNow.unix, .note, note, detail: "by \(identity.user)@\(identity.host)")
    store.pin(event)
    return [.record(event)]
  }
}

/// What the tape gave for a place.
public struct TapeAnswer: Sendable {
  let place: TapeJump
  let result: Result<TapeMoment, TapeRefusal>

  public init(_ place: TapeJump, _ result: Result<TapeMoment, TapeRefusal>) {
    self.place = place
    self.result = result
  }
}

/// Why there is nothing to show.
public struct TapeRefusal: Error, Sendable {
  let sentence: SafeText

  public init(_ sentence: SafeText) { self.sentence = sentence }
}
