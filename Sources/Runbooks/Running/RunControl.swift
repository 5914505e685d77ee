import Synchronization

/// Hands of operators on a running run. Read at the boundaries between steps; a cancel is also told to what is under way.
public final class RunControl: Sendable {
  public enum Wish: Hashable, Sendable {
    case goOn
    /// After this step, or this batch.
    case pause(reason: String)
    case cancel(reason: String)
  }

  private struct State {
    var wish = Wish.goOn
    var answers: [String: (answer: String, by: String)] = [:]
  }

  private let state = Mutex(State())

  public init() {}

  public var wish: Wish { state.withLock { $0.wish } }

  /// A cancel is not taken back by a pause.
  public func want(_ wish: Wish) {
    state.withLock { state in
      if case .cancel = state.wish { return }
      state.wish = wish
    }
  }

  /// What an operator answered to a step that asks.
  public func answer(_ step: String, _ answer: String, by who: String) { state.withLock { $0.answers[step] = (answer, who) } }

  public func takeAnswer(_ step: String) -> (answer: String, by: String)? { state.withLock { $0.answers.removeValue(forKey: step) } }
}
