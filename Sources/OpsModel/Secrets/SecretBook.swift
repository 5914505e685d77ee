import Synchronization

/// What must not be shown: read by everything that shows or writes, and growing while a process learns what it sends to servers.
final class SecretBook: Sendable {
  private struct State {
    var known: Set<[UInt8]> = []
    var words: SpelledSecrets?
  }

  private let state = Mutex(State())

  func add(_ secrets: [[UInt8]]) {
    state.withLock { state in
      let before = state.known.count
      state.known.formUnion(secrets.filter { !$0.isEmpty })
      if state.known.count != before { state.words = nil }
    }
  }

  /// Nil where nothing is secret.
  var mask: SecretMask? {
    state.withLock { state in
      guard !state.known.isEmpty else { return nil }
      let words = state.words ?? SpelledSecrets(Array(state.known))
      state.words = words
      return SecretMask(words: words)
    }
  }
}
