import Gate
import OpsModel

/// Verbs for workers: ping, inspect, revoke, grow and shrink the pool, shut down. The worker decides; what it answers is told.
struct CeleryControl {
  let client: RedisClient
  let pidbox: CeleryPidbox
  let clock: any OpsClock

  /// Bytes of an answer that are shown.
  static let shown = 4_000

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    let began = clock.now()
    let named = batch.targets.map(\.key).filter { !$0.isEmpty }
    let nodes = named.isEmpty ? nil : named
    guard let questions = Self.questions(batch.operation, nodes) else {
      throw .declined(.notOffered(batch.operation.verb.rawValue, by: "Celery"))
    }
    let answers = try await pidbox.ask(questions, permit)
    var told: [(from: SafeText, text: SafeText)] = []
    for (question, answer) in zip(questions, answers) {
      for (node, reply) in answer.byNode.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        told += Self.lines(question.method, reply).map { (SafeText(bytes: node, limit: 80), $0) }
      }
    }
    let (outcomes, reasons) = judge(batch, questions, answers)
    return BatchReport(outcomes: outcomes, reasons: reasons, held: clock.now().age(since: began), answers: told)
  }

  private static func questions(_ operation: Operation, _ nodes: [[UInt8]]?) -> [CeleryPidbox.Question]? {
    func object(_ pairs: [(StaticString, JSONText)]) -> [UInt8] { Array(JSONText.object(pairs).compact().utf8) }
    let count = operation.arguments["n"].flatMap { Int($0) } ?? 1
    switch operation.verb {
    case .ping: return [CeleryPidbox.Question("ping", nodes: nodes)]
    case .inspect: return ["active", "reserved", "scheduled"].map { CeleryPidbox.Question($0, nodes: nodes) }
    case .grow: return [CeleryPidbox.Question("pool_grow", arguments: object([("n", .int(count))]), nodes: nodes)]
    case .shrink: return [CeleryPidbox.Question("pool_shrink", arguments: object([("n", .int(count))]), nodes: nodes)]
    case .revoke:
      let id = SafeText(escaping: operation.arguments["id"] ?? "", limit: 400)
      return [CeleryPidbox.Question("revoke", arguments: object([("task_id", .text(id)), ("terminate", .bool(false))]), nodes: nodes)]
    case .shutdown: return [CeleryPidbox.Question("shutdown", nodes: nodes, isAnswered: false)]
    default: return nil
    }
  }

  private func judge(
    _ batch: Batch, _ questions: [CeleryPidbox.Question], _ answers: [CeleryPidbox.Answers]
  ) -> ([Outcome], [Int: SafeText]) {
    var reasons: [Int: SafeText] = [:]
    let listeners = answers.map(\.listeners).max() ?? 0
    let outcomes = batch.targets.enumerated().map { index, target -> Outcome in
      guard listeners > 0 else {
        reasons[index] = "no worker listens on this broker"
        return .absent
      }
      guard questions.allSatisfy(\.isAnswered) else {
        reasons[index] = "it was told; a worker that ends does not answer"
        return .moved
      }
      let replies = target.key.isEmpty ? answers.flatMap { $0.byNode.values } : answers.compactMap { $0.byNode[target.key] }
      if let error = replies.compactMap({ JSONScan.object($0)?["error"] }).first {
        reasons[index] = SafeText(bytes: JSONScan.string(error) ?? Array(error), limit: 200)
        return .failed
      }
      if replies.isEmpty { reasons[index] = "no answer within \(Units.duration(CeleryPidbox.patience))" }
      return replies.isEmpty ? .unknown : .moved
    }
    return (outcomes, reasons)
  }

  /// One line for each task of a list, else the answer's own word.
  private static func lines(_ method: String, _ reply: [UInt8]) -> [SafeText] {
    guard let items = JSONScan.array(reply) else {
      let fields = JSONScan.object(reply) ?? [:]
      let word = fields["ok"] ?? fields["error"] ?? reply[...]
      return [SafeText(bytes: JSONScan.string(word) ?? Array(word), limit: shown)]
    }
    let kind = SafeText(escaping: method)
    if items.isEmpty { return ["\(kind): nothing"] }
    return items.prefix(200).map { item in
      let fields = JSONScan.object(item) ?? [:]
      let request = fields["request"].flatMap { JSONScan.object($0) } ?? fields
      func word(_ name: String, _ limit: Int) -> SafeText {
        JSONScan.string(request[name]).map { SafeText(bytes: $0, limit: limit) } ?? "?"
      }
      let args = request["args"].map { SafeText(bytes: Array($0), limit: 120) } ?? ""
      let eta = JSONScan.string(fields["eta"]).map { " not before \(SafeText(bytes: $0, limit: 40))" as SafeText } ?? ""
      return "\(kind): \(word("name", 120)) \(word("id", 80)) \(args)\(eta)"
    }
  }
}
