import Synchronization

/// Hands of operators on a running run. Read at the boundaries between steps; a cancel is also told to what is under way.
///
/// The first word counts. Whoever comes second is told what holds already, and by whom.
public final class RunControl: Sendable {
  public enum Wish: Hashable, Sendable {
    case goOn
    /// After this step, or this batch.
    case pause(reason: String)
    case cancel(reason: String)
  }

  /// What became of a wish or an answer.
  public enum Reply: Hashable, Sendable {
    case taken
    /// The same was wanted before: for the reason that stands here.
    case already(String)
    /// It is not followed: something else holds.
    case late(String)
  }

  private struct State {
    var wish = Wish.goOn
    /// What was said first, while it is still written down.
    var claimed = Wish.goOn
    /// Why no wish counts any more: the run ends, or has just paused.
    var ending: String?
    /// Steps that ask now, with what they take.
    var open: [String: [String]] = [:]
    var answers: [String: (answer: String, by: String)] = [:]
  }

  private let state = Mutex(State())

  public init() {}

  public var wish: Wish { state.withLock { $0.wish } }

  /// Whether a wish counts: asked before it is written down, and followed by `want` once it is. A cancel is not taken back by a pause, and
  /// a run that ends is neither paused nor cancelled.
  public func claim(_ wish: Wish) -> Reply {
    state.withLock { state in
      if let ending = state.ending { return .late(ending) }
      switch (state.claimed, wish) {
      case (.cancel(let reason), .cancel), (.pause(let reason), .pause): return .already(reason)
      case (.cancel(let reason), _): return .late("it is \(reason) already")
      default:
        state.claimed = wish
        return .taken
      }
    }
  }

  /// From now on it is followed. A cancel is not taken back by a pause.
  public func want(_ wish: Wish) {
    state.withLock { state in
      if case .cancel = state.wish { return }
      state.wish = wish
      if case .cancel = state.claimed { return }
      state.claimed = wish
    }
  }

  /// From now on no wish counts, for this reason.
  func end(_ why: String) { state.withLock { $0.ending = $0.ending ?? why } }

  // MARK: Questions

  /// A step asks from now on.
  func ask(_ step: String, _ choices: [String]) {
    state.withLock { state in
      state.open[step] = choices
      state.answers[step] = nil
    }
  }

  /// What an operator answered to a step that asks.
  public func answer(_ step: String, _ answer: String, by who: String) -> Reply {
    state.withLock { state in
      if let (known, by) = state.answers[step] {
        return known == answer ? .already("answered \(known) by \(by)") : .late("\(by) has answered \(known) before")
      }
      guard let choices = state.open[step] else { return .late("the step does not ask anything now") }
      guard choices.isEmpty || choices.contains(answer) else { return .late("it takes one of \(choices.joined(separator: ", "))") }
      state.answers[step] = (answer, who)
      return .taken
    }
  }

  /// The answer stays: whoever answers later is told of it.
  func takeAnswer(_ step: String) -> (answer: String, by: String)? {
    state.withLock { state in
      if state.answers[step] != nil { state.open[step] = nil }
      return state.answers[step]
    }
  }
}
