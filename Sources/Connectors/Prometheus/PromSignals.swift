import OpsModel

/// One question per signal, for all processes at once.
struct PromSignals {
  /// Seconds for which what hardly changes is not asked again.
  private static let slowAge = 60.0
  private static let slow: Set<Signal> = [.fileLimit, .heapLimit, .poolSize]

  private static let quantiles: Set<Signal> = [.requestP99, .gcPauseP99, .loopLagP99]

  private var slowAt = -Double.infinity
  private var slowValues: [Signal: PromVector] = [:]
  /// Signals that the server refused, in its words.
  private(set) var refused: [(signal: Signal, failure: Failure)] = []
  private(set) var warnings: Set<SafeText> = []

  /// - Returns: signals by process.
  mutating func read(_ client: PromClient, _ catalogue: PromCatalogue, _ identity: [String], at now: Double) async throws(Failure)
    -> [String: SignalSet]
  {
    let language = catalogue.promQL(identity)
    let isSlowDue = now - slowAt > Self.slowAge
    var queries: [(key: Signal, query: String)] = []
    for signal in Signal.allCases {
      let rules = SignalRules.all.filter { $0.signal == signal }
      guard !rules.isEmpty, isSlowDue || !Self.slow.contains(signal), let query = language.query(anyOf: rules.map(\.expression)) else {
        continue
      }
      queries.append((signal, query))
    }
    refused = []
    warnings = []
    var out: [String: SignalSet] = [:]
    out.reserveCapacity(catalogue.processes.count)
    for (signal, result) in await client.vectors(queries, labels: identity) {
      switch result {
      case .success(let vector):
        if Self.slow.contains(signal) { slowValues[signal] = vector } else { add(vector, signal, &out) }
        warnings.formUnion(vector.warnings)
      case .failure(let failure): refused.append((signal, failure))
      }
    }
    // One signal that is too dear for the server does not take the others with it.
    if !queries.isEmpty, refused.count == queries.count, let first = refused.first { throw first.failure }
    if isSlowDue { slowAt = now }
    for (signal, vector) in slowValues { add(vector, signal, &out) }
    return out
  }

  private func add(_ vector: PromVector, _ signal: Signal, _ out: inout [String: SignalSet]) {
    for row in vector.rows {
      // Quantiles beyond the highest bound come with a minus sign (`PromQL.query`).
      let isBeyond = row.value < 0 && Self.quantiles.contains(signal)
      let value = isBeyond ? -row.value : row.value
      guard SignalRule.isKnown(signal, value) else { continue }
      out[PromCatalogue.key(row.labels), default: SignalSet()].set(signal, value, from: .prometheus, isBeyond ? .atLeast : .exact)
    }
  }
}
