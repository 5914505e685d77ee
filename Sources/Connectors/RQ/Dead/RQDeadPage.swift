import OpsModel

/// Reads the jobs behind entries of a failed registry: sizes first, then description, times and the last result of each that is small
/// enough. Two pipelines, four commands per job.
struct RQDeadPage: Sendable {
  /// Bytes of a description or of a job's results that are fetched for a list.
  static let limit = 65_536
  static let fields = ["description", "origin", "ended_at", "created_at", "status", "retries_left", "number_of_retries"]

  let source: SafeText
  let entries: [(queue: [UInt8], id: [UInt8], score: Double)]
  private var sizes: [RedisValue] = []
  private var details: [RedisValue] = []

  init(source: SafeText, entries: [(queue: [UInt8], id: [UInt8], score: Double)]) {
    self.source = source
    self.entries = entries
  }

  /// Jobs that are read in one go. Several goes are under way at once, so that the server has the next commands while the replies to the
  /// last ones are taken apart.
  private static let portion = 250

  mutating func read(_ client: RedisClient) async throws(Failure) {
    let parts = stride(from: 0, to: entries.count, by: Self.portion).map { start in
      entries[start..<min(start + Self.portion, entries.count)].map(\.id)
    }
    let read = await withTaskGroup(of: (Int, Result<Part, Failure>).self) { group in
      for (index, ids) in parts.enumerated() { group.addTask { (index, await Self.part(ids, client)) } }
      var all = [Result<Part, Failure>?](repeating: nil, count: parts.count)
      for await (index, result) in group { all[index] = result }
      return all
    }
    for case .some(let result) in read {
      let part = try result.get()
      sizes += part.sizes
      details += part.details
    }
  }

  private struct Part: Sendable {
    let sizes: [RedisValue]
    let details: [RedisValue]
  }

  private static func part(_ ids: [[UInt8]], _ client: RedisClient) async -> Result<Part, Failure> {
    do throws(Failure) {
      let usage = Array("USAGE".utf8)
      let name = Array("description".utf8)
      let sizes = try await client.run(
        ids.flatMap { [RedisCommand(.hstrlen, RQKeys.job($0), name), RedisCommand(.memory, usage, RQKeys.results($0))] })
      if case .error(let message) = sizes.first { throw RedisFailure.of(message, doing: "reading the failed jobs") }
      return .success(Part(sizes: sizes, details: try await client.run(commands(ids, sizes))))
    } catch {
      return .failure(error)
    }
  }

  private static func commands(_ ids: [[UInt8]], _ sizes: [RedisValue]) -> [RedisCommand] {
    let all = fields.map { Array($0.utf8) }
    let short = [Array("no-such-field".utf8)] + all.dropFirst()
    let newest = [Array("+".utf8), Array("-".utf8), Array("COUNT".utf8), Array("1".utf8)]
    var commands: [RedisCommand] = []
    commands.reserveCapacity(ids.count * 2)
    for (index, id) in ids.enumerated() {
      let isSmall = (sizes[index * 2].integer ?? 0) <= limit
      commands.append(RedisCommand(.hmget, list: [RQKeys.job(id)] + (isSmall ? all : short)))
      // A stream that is not there has no size; one that is too large is not fetched.
      let hasSmallResults = (sizes[index * 2 + 1].integer ?? 0) <= limit
      commands.append(RedisCommand(.xrevrange, list: [hasSmallResults ? RQKeys.results(id) : Array("opsc:no-such-key".utf8)] + newest))
    }
    return commands
  }

  private func hasSmallResults(_ index: Int) -> Bool {
    guard let size = sizes[index * 2 + 1].integer else { return true }
    return size <= Self.limit
  }

  var letters: [DeadLetter] {
    var inflater = Inflater(limit: 1_048_576)
    return entries.indices.map { letter($0, &inflater) }
  }

  private func letter(_ index: Int, _ inflater: inout Inflater) -> DeadLetter {
    let entry = entries[index]
    let target = Target(scope: entry.queue, key: entry.id, version: Version(score: entry.score), position: entry.score)
    var letter = DeadLetter(
      source: source, target: target, name: SafeText(bytes: entry.id, limit: 80), queue: SafeText(bytes: entry.queue, limit: 200))
    if entry.score.isFinite && entry.score > 0 { letter.expiresAt = entry.score }
    let fields = details[index * 2].array ?? []
    guard fields.count == Self.fields.count, fields.contains(where: { $0.bytes != nil }) else {
      letter.whyNot = "its record is gone: RQ's own failure TTL has deleted the job, only the entry is left"
      return letter
    }
    fill(&letter, fields, described: sizes[index * 2].integer ?? 0)
    let result = RQResult(details[index * 2 + 1])
    if result.isFailure, let text = result.traceback(&inflater) {
      let failure = PythonFailure(traceback: text)
      letter.errorType = failure.type
      letter.message = failure.message
    } else if !hasSmallResults(index) {
      letter.message = "result of \(Units.bytes(Double(sizes[index * 2 + 1].integer ?? 0))) not fetched"
    }
    if letter.failedAt == nil { letter.failedAt = result.at }
    return letter
  }

  private func fill(_ letter: inout DeadLetter, _ fields: [RedisValue], described: Int) {
    let call = RQCall(description: fields[0].bytes, data: nil)
    letter.task = call.name
    letter.arguments = call.arguments
    if described > Self.limit { letter.arguments = "description of \(Units.bytes(Double(described))) not fetched" }
    letter.failedAt = fields[2].time
    letter.createdAt = fields[3].time
    let status = fields[4].plain
    if status != "failed" && status != "stopped" {
      letter.whyNot = "its status is \(fields[4].bytes.map { SafeText(bytes: $0, limit: 40) } ?? "unknown"), not failed"
    }
    if status == "stopped" && letter.errorType == nil { letter.errorType = "stopped" }
    if let retried = fields[6].number.flatMap({ Int(outside: $0) }) { letter.attempts = retried + 1 }
    if let left = fields[5].number.flatMap({ Int(outside: $0) }), let attempts = letter.attempts { letter.attemptLimit = attempts + left }
  }
}
