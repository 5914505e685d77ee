public import OpsModel

/// Carries out a run, step by step. It writes down what it intends before it does it, and what became of it before it goes on; where it can
/// not write, it does nothing more.
public actor RunEngine {
  /// Why a run does not go on.
  enum Stop: Error {
    case failed(SafeText)
    case cancelled(String)
    /// A step is in doubt, or a person has to decide: the run waits until it is resumed.
    case paused(String)
    case journal(JournalFailure)

    /// Which one counts where several come at once.
    var weight: Int {
      switch self {
      case .failed: 0
      case .cancelled: 1
      case .paused: 2
      case .journal: 3
      }
    }
  }

  let id: RunID
  let ports: any StepPorts
  let control: RunControl
  let clock: any OpsClock
  let frozen: [String: [String]]
  /// Runbooks that steps call, by the hash of their file.
  let books: [String: Runbook]
  let tell: @Sendable (RunEvent) -> Void
  /// Keeps sensitive parameters and secrets out of the journal.
  let hiding: Hiding
  let journal: Journal
  var frames: [String: RunFrame]
  /// Steps of one host: those of another are none of its business.
  var local: [String: [String: RunScope.Settled]] = [:]
  var history: RunHistory
  /// Hosts on which this life has done what is always done, or has tried to.
  var brought: Set<String> = []
  /// Runbooks that steps called and that this life has brought to their end.
  var broughtCalls: Set<String> = []
  /// What must hold before the first change has been looked at.
  var isChecked = false
  /// The look at it that goes on: of several hosts at once only one looks.
  var checking: Task<SafeText?, Never>?
  /// A person has given it up: what is always done is done as far as it can be, and nothing is asked any more.
  let isGivenUp: Bool
  /// After a failure, or at the end: what must hold before the first change is no condition for mending it.
  var isMending = false
  /// Seconds between the looks whether a change has happened; less in tests.
  var lookAgainAfter = 2.0
  private var deadline: Moment?
  private let main: Runbook

  /// - Parameters:
  ///   - journal: begins with this run, or goes on with it after `history`.
  ///   - frozen: items of bulk steps, as the plan showed them.
  public init(
    _ runbook: Runbook, id: RunID, parameters: [String: RunValue], run: [String: RunValue], frozen: [String: [String]],
    books: [String: Runbook] = [:], hiding: Hiding = .nothing, journal: sending Journal,
    history: RunHistory, isGivenUp: Bool = false, ports: any StepPorts, control: RunControl, clock: any OpsClock,
    tell: @escaping @Sendable (RunEvent) -> Void
  ) {
    main = runbook
    self.id = id
    self.ports = ports
    self.control = control
    self.clock = clock
    self.frozen = frozen
    self.books = books
    self.hiding = hiding
    self.tell = tell
    self.journal = journal
    self.history = history
    self.isGivenUp = isGivenUp
    var scope = RunScope()
    scope.parameters = parameters
    scope.run = run
    frames = ["": RunFrame(runbook: runbook, scope: scope)]
  }

  /// - Returns: how it ended; `.paused` where it can be resumed.
  public func go() async -> RunHistory.RunState {
    deadline = clock.now().advanced(by: main.timeout)
    recall(main, Place.whole, "")
    await recallConditions()
    // An earlier life had come to its end and was cut off there.
    if let ending = history.ending { return await finish(ending.state, SafeText(escaping: ending.message, limit: 300)) }
    let state: RunHistory.RunState
    var message: SafeText = ""
    do throws(Stop) {
      try await steps(main.steps, Place.whole, "")
      state = .succeeded
    } catch {
      switch error {
      case .paused(let why): return pause(why)
      case .journal(let failure): return silenced(failure)
      case .failed(let why): (state, message) = (.failed, why)
      case .cancelled(let why): (state, message) = (.cancelled, SafeText(escaping: why, limit: 300))
      }
    }
    do throws(JournalFailure) {
      try journal.write(.cancel, fields: ["state": .text(state.rawValue), "message": .text(hiding.text(message).text)])
    } catch { return silenced(error) }
    return await finish(state, message)
  }

  /// What is done when a run fails, and always.
  private func finish(_ state: RunHistory.RunState, _ message: SafeText) async -> RunHistory.RunState {
    deadline = nil
    isMending = true
    neverBegan(main, "")
    control.end("it ends already (\(state.rawValue)): only the steps that are always done follow")
    let message = hiding.text(message)
    do throws(Stop) {
      try await hostsLeft(main.steps, "", "")
      try await callsLeft(main.steps)
      if state == .failed { try await steps(main.onFailure, Place.whole, "on_failure/") }
      try await last(main.finally, Place.whole, "finally/")
    } catch {
      if case .paused(let why) = error { return pause(why) }
      if case .journal(let failure) = error { return silenced(failure) }
      // A step of `on_failure` that fails changes nothing about how the run ended.
      do throws(Stop) { try await last(main.finally, Place.whole, "finally/") } catch {
        if case .paused(let why) = error { return pause(why) }
        if case .journal(let failure) = error { return silenced(failure) }
      }
    }
    do throws(JournalFailure) {
      try journal.write(.runEnd, fields: ["state": .text(state.rawValue), "message": .text(message.text)])
    } catch { return silenced(error) }
    tell(.state(state, message))
    return state
  }

  /// Steps that are done in any case: one that fails does not keep the others from being done.
  func last(_ list: [Step], _ place: Place, _ prefix: String) async throws(Stop) {
    for step in list {
      do throws(Stop) { try await one(step, prefix + step.id, place.finishing) } catch {
        switch error {
        case .journal, .paused: throw error
        case .failed, .cancelled: continue
        }
      }
    }
  }

  /// An operator's wish, on disk before it is acted on. Where it can not be written it is acted on all the same: it ends things.
  public func heard(_ wish: String, by who: String) {
    do throws(JournalFailure) { try journal.write(.decision, fields: ["wish": .text(wish), "by": .text(who)]) } catch {
      tell(.unwritten(error.sentence))
    }
  }

  private func pause(_ why: String) -> RunHistory.RunState {
    control.end("it has just paused: resume it, or end it with resume --abort")
    let why = hiding.text(SafeText(escaping: why, limit: 600))
    do throws(JournalFailure) { try journal.write(.pause, fields: ["reason": .text(why.text)]) } catch { return silenced(error) }
    tell(.state(.paused, why.prefix(300)))
    return .paused
  }

  /// Nobody can be told by the journal any more: the run stands as it is, and is resumed by a person.
  private func silenced(_ failure: JournalFailure) -> RunHistory.RunState {
    tell(.unwritten(failure.sentence))
    return .paused
  }

  // MARK: Steps

  func steps(_ list: [Step], _ place: Place, _ prefix: String) async throws(Stop) {
    for step in list {
      try boundary(place)
      try await one(step, prefix + step.id, place)
    }
  }

  /// Between two steps the hands of operators are looked at, and the clock.
  func boundary(_ place: Place = .whole) throws(Stop) {
    if place.isFinishing { return }
    switch control.wish {
    case .goOn: break
    // A host is brought to its end: it would stand drained otherwise.
    case .pause where place.host != nil: break
    case .pause(let reason): throw .paused(reason)
    case .cancel(let reason): throw .cancelled(reason)
    }
    if let deadline, clock.now() >= deadline { throw .failed("the run took longer than its \(Units.age(main.timeout))") }
  }

  func sleep(_ seconds: Double, _ place: Place = .whole) async {
    let until = clock.now().advanced(by: seconds)
    // In short pieces: a cancel is not to wait for the end of a pause.
    while clock.now().steady < until.steady, goesOn(place) {
      try? await Task.sleep(for: .seconds(min(0.2, seconds)))
    }
  }

  private func goesOn(_ place: Place) -> Bool {
    if place.isFinishing || control.wish == .goOn { return true }
    if case .pause = control.wish { return place.host != nil }
    return false
  }

  /// Whether an earlier life of this run has brought it to its end.
  /// - Throws: what followed from that end.
  func isSettled(_ step: Step, _ path: String, _ place: Place) throws(Stop) -> Bool {
    let known = history.step(path)
    guard known.state.isSettled else { return false }
    keep(step, place, .init(state: known.state, outputs: known.outputs))
    try fail(step, path, known.state, SafeText(escaping: known.message, limit: 300))
    return true
  }

  /// One step to its end, unless an earlier life of this run has brought it there.
  func one(_ step: Step, _ path: String, _ place: Place) async throws(Stop) {
    if try isSettled(step, path, place) { return }
    if let condition = step.condition {
      let isMeant: Bool
      do throws(ExpressionProblem) { isMeant = try condition.isTrue(in: scope(place)) } catch {
        return try settle(step, path, place, .failed, [:], "if: \(error.message)")
      }
      if !isMeant { return try settle(step, path, place, .skipped, [:], "") }
    }
    if step.hosts != nil { return try await hosts(step, path, place) }
    try await attempts(step, path, place)
  }

  /// The values that are known at a place.
  func scope(_ place: Place) -> RunScope {
    var out = frames[place.frame]?.scope ?? RunScope()
    out.host = place.host
    for (id, settled) in local[place.key] ?? [:] { out.steps[id] = settled }
    return out
  }

  /// What an action does, with sensitive parameters left out before anything is cut.
  func words(_ action: StepAction, _ resolved: ResolvedAction, _ place: Place) -> SafeText {
    let parameters = frames[place.frame]?.runbook.parameters ?? []
    let names = parameters.filter(\.isSensitive).map(\.name)
    guard !names.isEmpty else { return hiding.text(resolved.words) }
    var scope = scope(place)
    for name in names { scope.parameters[name] = .text("••••••") }
    guard let shown = try? Resolver(scope, parameters: parameters).resolve(action) else { return action.sketch }
    return hiding.text(shown.words)
  }

  func resolver(_ place: Place) -> Resolver { Resolver(scope(place), parameters: frames[place.frame]?.runbook.parameters ?? []) }

  func keep(_ step: Step, _ place: Place, _ settled: RunScope.Settled) {
    if place.host == nil {
      frames[place.frame]?.scope.steps[step.id] = settled
    } else {
      local[place.key, default: [:]][step.id] = settled
    }
  }

  /// Writes an outcome down, and goes on only then.
  func settle(
    _ step: Step, _ path: String, _ place: Place, _ state: RunHistory.StepState, _ outputs: [String: RunValue], _ message: SafeText
  ) throws(Stop) {
    let message = hiding.text(message)
    let outputs = outputs.mapValues { hiding.value($0) }
    var fields: [String: RunValue] = ["state": .text(state.rawValue), "outputs": .map(outputs), "message": .text(message.text)]
    if let host = place.host { fields["host"] = .text(host) }
    do throws(JournalFailure) {
      do throws(JournalFailure) { try journal.write(.stepOutcome, step: path, fields: fields) } catch {
        guard error == .tooLong else { throw error }
        // An outcome without its outputs is worth more than none.
        try journal.write(
          .stepOutcome, step: path, fields: ["state": .text(state.rawValue), "message": .text("its outputs are too long to be kept")])
      }
    } catch { throw .journal(error) }
    keep(step, place, .init(state: state, outputs: outputs))
    tell(.step(path, state, message))
    try fail(step, path, state, message)
  }

  private func fail(_ step: Step, _ path: String, _ state: RunHistory.StepState, _ message: SafeText) throws(Stop) {
    if state.isWell || step.continuesOnError { return }
    throw .failed("\(SafeText(escaping: path)): \(message.isEmpty ? SafeText(escaping: state.rawValue) : message)")
  }
}
