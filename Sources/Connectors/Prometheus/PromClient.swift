import OpsModel

/// The query API of Prometheus and of what speaks like it (Thanos, Mimir, VictoriaMetrics). Never more than four questions at once: their
/// servers have a queue.
struct PromClient: Sendable {
  static let inFlight = 4
  /// Seconds that the server may take for one question.
  static let timeout = 5

  let link: HTTPLink

  /// The answer as rows with these labels.
  func vector(_ query: String, labels: [String]) async throws(Failure) -> PromVector {
    let answer = try await link.post("/api/v1/query", form: [("query", query), ("timeout", "\(Self.timeout)s")])
    // An error in the question comes with its reason in the same form.
    if (200..<300).contains(answer.status) || answer.status == 400 || answer.status == 422 {
      return try PromVector(answer.body, labels: labels)
    }
    throw HTTPFailure.of(answer, link.address)
  }

  /// `data` of any other call.
  func data(_ path: String) async throws(Failure) -> JSONScan.Slice {
    let answer = try await link.get(path)
    guard (200..<300).contains(answer.status) else { throw HTTPFailure.of(answer, link.address) }
    guard let data = JSONScan.member(answer.body, "data") else { throw .garbage(beginning: answer.body) }
    return data
  }

  typealias Answer<Key: Sendable> = (key: Key, result: Result<PromVector, Failure>)

  /// Asks several questions, a few at a time; each has its own result.
  func vectors<Key: Sendable>(_ queries: [(key: Key, query: String)], labels: [String]) async -> [Answer<Key>] {
    await withTaskGroup(of: Answer<Key>.self) { group in
      var rest = queries[...]
      var out: [Answer<Key>] = []
      func start(_ next: (key: Key, query: String)) {
        group.addTask {
          do throws(Failure) { return (next.key, .success(try await vector(next.query, labels: labels))) } catch {
            return (next.key, .failure(error))
          }
        }
      }
      for _ in 0..<Self.inFlight { if let next = rest.popFirst() { start(next) } }
      while let done = await group.next() {
        out.append(done)
        if let next = rest.popFirst() { start(next) }
      }
      return out
    }
  }

  typealias Points = [(time: Double, value: Double)]

  /// The first series of each, over a time.
  func ranges<Key: Sendable>(_ queries: [(key: Key, query: String)], from start: Double, to end: Double, step: Double) async -> [(
    key: Key, result: Result<Points, Failure>
  )] {
    await withTaskGroup(of: (key: Key, result: Result<Points, Failure>).self) { group in
      var rest = queries[...]
      var out: [(key: Key, result: Result<Points, Failure>)] = []
      func begin(_ next: (key: Key, query: String)) {
        group.addTask {
          do throws(Failure) { return (next.key, .success(try await range(next.query, start, end, step))) } catch {
            return (next.key, .failure(error))
          }
        }
      }
      for _ in 0..<Self.inFlight { if let next = rest.popFirst() { begin(next) } }
      while let done = await group.next() {
        out.append(done)
        if let next = rest.popFirst() { begin(next) }
      }
      return out
    }
  }

  private func range(_ query: String, _ start: Double, _ end: Double, _ step: Double) async throws(Failure) -> Points {
    let form = [("query", query), ("start", "\(start)"), ("end", "\(end)"), ("step", "\(step)"), ("timeout", "\(Self.timeout)s")]
    let answer = try await link.post("/api/v1/query_range", form: form)
    guard (200..<300).contains(answer.status) || answer.status == 400 || answer.status == 422 else {
      throw HTTPFailure.of(answer, link.address)
    }
    guard let data = JSONScan.member(answer.body, "data") else {
      throw .refused(
        code: "\(answer.status)",
        message: JSONScan.member(answer.body, "error").flatMap { AlertLabels.text($0) } ?? SafeText(bytes: answer.body.prefix(80)))
    }
    let series = JSONScan.object(data)?["result"].flatMap { JSONScan.array($0) }?.first.flatMap { JSONScan.object($0) }?["values"]
    return (series.flatMap { JSONScan.array($0) } ?? []).compactMap { slice in
      guard let pair = JSONScan.array(slice), pair.count == 2, let time = JSONScan.number(pair[0]), let text = JSONScan.string(pair[1])
      else { return nil }
      return text.withUnsafeBufferPointer { ExpositionLine.number($0[...]) }.map { (time, $0) }
    }
  }
}
