import OpsModel

/// What workers did, by their own counters: of each, and of a source with all its workers.
///
/// Workers come, go and start again under the same name, and then count from nothing. What is remembered only grows: a line that
/// falls would be a rate of none until the fall is out of its window.
struct WorkerCounters: Sendable {
  /// Of each worker what it told last, and all that it did as far as it was seen.
  private var workers: [ResourceID: (processed: Int, failed: Int, done: Int)] = [:]
  /// Of each source what its workers did since it was first seen.
  private var totals: [SafeText: (done: Int, failed: Int)] = [:]

  mutating func record(_ observation: Observation, source: ResourceID, into history: inout History) {
    var total = totals[observation.source] ?? (0, 0)
    var hasCounters = false
    var tellsFailures = false
    let told = observation.workers
    // By place: a loop over the workers would copy each of thousands.
    for index in told.indices {
      guard let processed = told[index].processed else { continue }
      hasCounters = true
      tellsFailures = tellsFailures || told[index].failed != nil
      let done = add(processed, told[index].failed ?? 0, of: told[index].id, to: &total)
      history.record(Double(done), .done, of: told[index].id, at: observation.at)
    }
    totals[observation.source] = total
    guard hasCounters else { return }
    history.record(Double(total.done), .done, of: source, at: observation.at)
    // Where nobody tells failures, none known is not none.
    if tellsFailures { history.record(Double(total.failed), .failed, of: source, at: observation.at) }
  }

  /// - Returns: all that this worker did as far as it was seen.
  private mutating func add(_ processed: Int, _ failed: Int, of id: ResourceID, to total: inout (done: Int, failed: Int)) -> Int {
    guard let place = workers.index(forKey: id) else {
      workers[id] = (processed, failed, processed)
      return processed
    }
    let before = workers.values[place]
    let new = processed.grown(since: before.processed)
    total.done += new
    total.failed += failed.grown(since: before.failed)
    workers.values[place] = (processed, failed, before.done + new)
    return before.done + new
  }

  mutating func forget(source: SafeText, except kept: Set<ResourceID>) {
    workers = workers.filter { $0.key.source != source || kept.contains($0.key) }
  }
}
