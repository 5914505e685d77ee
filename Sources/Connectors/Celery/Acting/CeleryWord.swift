import Gate
import OpsModel

/// What the live workers say of themselves: which tasks they have, and which ids they would drop.
struct CeleryWord: Sendable {
  enum Subject { case held, revoked }

  var listeners = 0
  /// Nodes that answered.
  var nodes: Set<[UInt8]> = []
  /// Node by task id.
  var held: [[UInt8]: SafeText] = [:]
  var revoked: [[UInt8]: SafeText] = [:]

  /// - Throws: `Failure.declined` where a worker that listens does not answer: it may have any of them.
  static func asked(_ pidbox: CeleryPidbox, _ subjects: Set<Subject>, _ permit: Permit) async throws(Failure) -> CeleryWord {
    var questions: [CeleryPidbox.Question] = []
    if subjects.contains(.held) { questions += ["active", "reserved", "scheduled"].map { CeleryPidbox.Question($0) } }
    if subjects.contains(.revoked) { questions.append(CeleryPidbox.Question("revoked")) }
    let answers = try await pidbox.ask(questions, permit)
    var word = CeleryWord()
    for (question, answer) in zip(questions, answers) {
      word.listeners = max(word.listeners, answer.listeners)
      guard answer.byNode.count >= answer.listeners else {
        let known = answer.byNode.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { SafeText(bytes: $0, limit: 80) }
        let named: SafeText = known.isEmpty ? "none" : SafeText.join(known, ", ")
        throw .declined(
          .unheardWorkers(
            "\(answer.listeners - answer.byNode.count) of \(Units.count(answer.listeners, "worker")) did not say what it has (answered: \(named)); a silent one may have any of them"
          ))
      }
      word.nodes.formUnion(answer.byNode.keys)
      for (node, reply) in answer.byNode { word.take(question.method, SafeText(bytes: node, limit: 80), reply) }
    }
    return word
  }

  private mutating func take(_ method: String, _ node: SafeText, _ reply: [UInt8]) {
    let items = JSONScan.array(reply) ?? []
    for item in items {
      if method == "revoked" {
        if let id = JSONScan.string(item) { revoked[id] = node }
        continue
      }
      let fields = JSONScan.object(item) ?? [:]
      let request = method == "scheduled" ? fields["request"].flatMap { JSONScan.object($0) } ?? [:] : fields
      if let id = JSONScan.string(request["id"]) { held[id] = node }
    }
  }
}
