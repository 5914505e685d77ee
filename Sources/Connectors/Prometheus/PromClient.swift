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
    guard let data = JSONScan.member(answer.body, "data") else { throw .garbage(SafeText(bytes: answer.body.prefix(60))) }
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
}
