import Gate
import OpsModel

/// The script calls that one batch needs for one set.
struct RQCalls {
  struct Call {
    let script: RedisScript
    let keys: [[UInt8]]
    let arguments: [[UInt8]]
    /// Places in the batch, one for each code of the reply.
    let indices: [Int]
  }

  let batch: Batch
  let scope: [UInt8]
  let indices: [Int]
  let lease: RedisLease?
  /// Unix time.
  let now: Double

  var list: [Call] {
    switch batch.operation.verb {
    case .retry: [retry]
    case .discard:
      [call(RQScripts.discard, RQKeys.registry("failed", scope), head) { [$0.key, Self.score($0.version), Self.text(Int($0.position))] }]
    case .recover: [recover]
    case .restore: indices.map { restore($0) }
    default: []
    }
  }

  private var head: [[UInt8]] { [token, Array(Calendar.stampMicros(now).text.utf8), RQOrphanScope(scope).queue] }
  private var token: [UInt8] { lease?.token ?? [] }

  private func keys(_ first: [UInt8]) -> [[UInt8]] {
    [first, RQKeys.queue(RQOrphanScope(scope).queue), RQKeys.queues] + (lease.map { [$0.key] } ?? [])
  }

  private func call(_ script: RedisScript, _ set: [UInt8], _ head: [[UInt8]], _ words: (Target) -> [[UInt8]]) -> Call {
    Call(script: script, keys: keys(set), arguments: head + indices.flatMap { words(batch.targets[$0]) }, indices: indices)
  }

  private var retry: Call {
    let ids = indices.map { batch.targets[$0].key }
    let scores = indices.map { Self.score(batch.targets[$0].version) }
    return Call(
      script: RQScripts.retry, keys: keys(RQKeys.registry("failed", scope)), arguments: head + ids + scores, indices: indices)
  }

  private var recover: Call {
    let orphan = RQOrphanScope(scope)
    switch orphan.place {
    case .started:
      return call(RQScripts.recover, RQKeys.registry("wip", orphan.queue), head) { target in
        let parts = RQOrphanKey(target.key)
        return [parts.member, Self.score(target.version), parts.job, parts.worker]
      }
    case .intermediate:
      return call(RQScripts.unstick, RQKeys.intermediate(orphan.queue), head + [RQKeys.registry("wip", orphan.queue)]) {
        [RQOrphanKey($0.key).job]
      }
    }
  }

  private func restore(_ index: Int) -> Call {
    let record = batch.records[index]
    let fields = record.parts.filter { $0.name.hasPrefix("field:") }.flatMap { [Array($0.name.dropFirst(6).utf8), $0.bytes] }
    let dependents = record.parts.filter { $0.name == "dependent" }.map(\.bytes)
    // What had expired meanwhile would be swept away by RQ at once: it gets another day.
    let old = record.target.version.score
    let isEndless = old <= 0 || !old.isFinite
    let score = isEndless ? old : max(old, (now + 86_400).rounded())
    let expiry = isEndless ? 0 : Int(min(score, 1e11))
    var arguments = [token, Self.score(Version(score: score)), record.target.key, Self.text(expiry)]
    arguments += [Self.text(fields.count)] + fields + [Self.text(dependents.count)] + dependents
    var at = record.parts.startIndex
    while at < record.parts.endIndex {
      if record.parts[at].name == "result" {
        let values = record.parts[(at + 1)...].prefix { $0.name.hasPrefix("result:") }
        arguments += [record.parts[at].bytes, Self.text(values.count * 2)]
        arguments += values.flatMap { [Array($0.name.dropFirst(7).utf8), $0.bytes] }
      }
      at += 1
    }
    return Call(script: RQScripts.restore, keys: keys(RQKeys.registry("failed", scope)), arguments: arguments, indices: [index])
  }

  static func score(_ version: Version) -> [UInt8] {
    let score = version.score
    if score == .infinity { return Array("inf".utf8) }
    return Array((score == score.rounded() && abs(score) < 1e15 ? String(Int(score)) : String(score)).utf8)
  }

  static func text(_ number: Int) -> [UInt8] { Array(String(number).utf8) }
}
