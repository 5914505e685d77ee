import OpsModel

/// Everything about one failed job, without unpickling anything.
struct RQInspection {
  /// Bytes of one field that are fetched.
  static let limit = 65_536
  static let fields = [
    "status", "origin", "created_at", "enqueued_at", "started_at", "ended_at", "timeout", "result_ttl", "failure_ttl", "ttl",
    "retries_left", "number_of_retries", "retry_intervals", "worker_name", "dependency_id", "success_callback_name",
    "failure_callback_name", "group_id", "meta", "description", "data", "exc_info",
  ]

  let client: RedisClient
  let letter: DeadLetter

  func detail() async throws(Failure) -> DeadLetterDetail {
    let key = RQKeys.job(letter.target.key)
    let sizes = try await client.run(Self.fields.map { RedisCommand(.hstrlen, key, Array($0.utf8)) })
    let small = Self.fields.indices.map { (sizes[$0].integer ?? 0) <= Self.limit }
    let asked = Self.fields.indices.map { small[$0] ? Self.fields[$0] : "no-such-field" }
    let replies = try await client.run([
      RedisCommand(.hmget, list: [key] + asked.map { Array($0.utf8) }), RedisCommand(.ttl, key),
      RedisCommand(.memory, Array("USAGE".utf8), RQKeys.results(letter.target.key)),
    ])
    let values = replies[0].array ?? []
    var detail = DeadLetterDetail(letter: letter, fidelity: "the stored job is moved as it is, byte for byte")
    for (index, name) in Self.fields.enumerated() where index < values.count && name != "data" && name != "exc_info" {
      let size = sizes[index].integer ?? 0
      guard size > 0 else { continue }
      let shown = values[index].bytes.map { SafeText(bytes: $0, limit: 2000) } ?? "\(Units.bytes(Double(size))), not fetched"
      detail.fields.append((SafeText(escaping: name), name == "meta" ? "\(Units.bytes(Double(size))) of pickle" : shown))
    }
    detail.fields.append(("expires", expiry(replies[1].integer)))
    readData(&detail, values, sizes)
    try await readTraceback(&detail, values, resultSize: replies[2].integer)
    return detail
  }

  private func expiry(_ ttl: Int?) -> SafeText {
    guard let ttl, ttl >= 0 else { return "the record does not expire" }
    return "RQ deletes the record in \(Units.duration(Double(ttl))); a retry keeps it"
  }

  private func readData(_ detail: inout DeadLetterDetail, _ values: [RedisValue], _ sizes: [RedisValue]) {
    guard let place = Self.fields.firstIndex(of: "data"), place < values.count else { return }
    detail.rawSize = sizes[place].integer
    guard let data = values[place].bytes else {
      detail.unknown.append("the payload of \(Units.bytes(Double(sizes[place].integer ?? 0))) was not fetched")
      return
    }
    detail.raw = data
    var inflater = Inflater(limit: 1_048_576)
    guard let (plain, isWhole) = inflater.inflate(data) else {
      detail.unknown.append("the payload is not compressed as RQ does it; it is moved untouched all the same")
      return
    }
    if !isWhole { detail.unknown.append("the payload inflates to more than 1 MB or 200 to 1; only its beginning was looked at") }
    if plain.first == UInt8(ascii: "["), let parts = JSONScan.array(plain), parts.count == 4 {
      detail.arguments = SafeText(bytes: Array(parts[2]) + Array(" ".utf8) + Array(parts[3]), limit: 4000)
    } else {
      let listing = PickleListing(plain)
      detail.arguments = listing.words
      detail.unknown.append("the payload is a pickle: it is never loaded, only its strings and names are listed")
    }
  }

  private func readTraceback(_ detail: inout DeadLetterDetail, _ values: [RedisValue], resultSize: Int?) async throws(Failure) {
    var inflater = Inflater(limit: 1_048_576)
    var text: [UInt8]?
    if (resultSize ?? 0) <= 4 * Self.limit {
      let reply = try await client.run([
        RedisCommand(.xrevrange, RQKeys.results(letter.target.key), Array("+".utf8), Array("-".utf8), Array("COUNT".utf8), Array("1".utf8))
      ])
      let result = RQResult(reply[0])
      text = result.traceback(&inflater)
      if let worker = result.worker { detail.fields.append(("failed on", SafeText(bytes: worker, limit: 200))) }
    } else {
      detail.unknown.append("the results of \(Units.bytes(Double(resultSize ?? 0))) were not fetched")
    }
    // Before RQ 1.12, and where there is no stream.
    if text == nil, let place = Self.fields.firstIndex(of: "exc_info"), place < values.count, let packed = values[place].bytes {
      text = inflater.inflate(packed)?.bytes
    }
    guard let text else {
      detail.unknown.append("no traceback is stored")
      return
    }
    detail.traceback = text.split(separator: 0x0A, omittingEmptySubsequences: false).suffix(400).map { SafeText(bytes: $0, limit: 1000) }
  }
}
