import Gate
import OpsModel

/// Makes silences and ends them. A silence made here matches every label of the alert that was chosen, and so this one alert alone.
actor AlertmanagerActuator: Actuator {
  private let link: HTTPLink
  private let user: String?
  private let actor: String
  private let clock: any OpsClock
  private var client: AlertmanagerClient { AlertmanagerClient(link: link) }

  init(_ address: HTTPAddress, _ settings: HTTPSettings, actor: String, clock: any OpsClock) {
    link = HTTPLink(address, settings, clock: clock)
    user = settings.user
    self.actor = actor
    self.clock = clock
  }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    let status = try await client.status()
    switch operation.verb {
    case .silence: return try await rehearseSilence(operation, status)
    case .expire: return try await rehearseExpiry(operation, status)
    default: throw .declined(.notOffered(operation.verb.rawValue, by: "Alertmanager"))
    }
  }

  private func rehearsal(
    _ affected: Int, _ operation: Operation, moves: SafeText, undo: SafeText, _ status: (version: SafeText, started: SafeText)
  ) -> Rehearsal {
    Rehearsal(
      affected: affected, examined: operation.count, moves: moves, undo: undo, guarantee: .atomic, place: link.address.shown,
      account: user.map { SafeText(escaping: $0, limit: 64) } ?? "no account",
      serverID: "Alertmanager \(status.version) since \(status.started)")
  }

  private func rehearseSilence(_ operation: Operation, _ status: (version: SafeText, started: SafeText)) async throws(Failure) -> Rehearsal
  {
    let wish = try QuietWish(operation.arguments[Operation.silenceKey] ?? "")
    let found = try await alerts(operation)
    let present = found.compactMap { $0 }
    let names = SafeText.join(
      present.prefix(3).map { "\($0.alert.name) (\(SafeText.join($0.matchers.map(\.shown), ", ").prefix(200)))" }, "; ")
    var out = rehearsal(
      present.count, operation,
      moves: present.isEmpty
        ? "nothing: it is over" : "keeps \(present.count == 1 ? "it" : "them") quiet for \(Units.age(wish.seconds)): \(wish.reason)",
      undo: "end the silence; it stays listed as expired", status)
    let more: SafeText = present.count > 3 ? " and \(present.count - 3) more" : ""
    out.target = present.isEmpty ? "an alert that no longer fires" : "\(present.count == 1 ? "alert" : "alerts") \(names)\(more)"
    out.title = present.count == 1 ? present[0].alert.name : Units.count(present.count, "alert")
    let gone = found.count - present.count
    if gone > 0 { out.refused = [("it is over: there is nothing to keep quiet", gone)] }
    if present.contains(where: { $0.alert.severity == .critical }) {
      out.warnings.append("a critical alert: nobody is paged for it until then")
    }
    if present.contains(where: { $0.alert.state == .suppressed }) { out.warnings.append("it is kept quiet already") }
    out.keeps = ["the alert itself, and others in which any of these labels differs"]
    let also = try await others(present)
    if also > 0 { out.warnings.append("\(Units.count(also, "other alert")) with these labels and more is kept quiet as well") }
    out.commands = ["POST /api/v2/silences"]
    return out
  }

  private func rehearseExpiry(_ operation: Operation, _ status: (version: SafeText, started: SafeText)) async throws(Failure) -> Rehearsal {
    let all = try await silences()
    let found = (0..<operation.targets.count).compactMap { index in
      all.first { $0.id == operation.targets[index].key && $0.state != .expired }
    }
    let names = SafeText.join(
      found.prefix(3).map { "\(SafeText.join($0.matchers.map(\.shown), ", ")) of \($0.author): \($0.comment)" }, "; ")
    var out = rehearsal(
      found.count, operation,
      moves: found.isEmpty ? "nothing: it is over" : "ends \(found.count == 1 ? "it" : "them"); the alerts are sent again",
      undo: "create it again", status)
    let more: SafeText = found.count > 3 ? " and \(found.count - 3) more" : ""
    out.target = found.isEmpty ? "a silence that has ended" : "\(found.count == 1 ? "silence" : "silences") on \(names)\(more)"
    out.title = found.count == 1 ? SafeText.join(found[0].matchers.map(\.shown), ", ") : Units.count(found.count, "silence")
    let gone = operation.targets.count - found.count
    if gone > 0 { out.refused = [("it is over already", gone)] }
    out.loses = ["the quiet: alerts that it held back are sent again"]
    out.commands = ["DELETE /api/v2/silence/…"]
    return out
  }

  private typealias Found = (alert: AlertState, matchers: [AlertmanagerSilence.Matcher])

  /// The chosen alerts as they are now; nil where one is over.
  private func alerts(_ operation: Operation) async throws(Failure) -> [Found?] {
    let list = try await client.list("/alerts?active=true&silenced=true&inhibited=true&unprocessed=true")
    return (0..<operation.targets.count).map { index in Self.find(operation.targets[index].key, list) }
  }

  private static func find(_ key: [UInt8], _ list: [JSONScan.Slice]) -> Found? {
    for slice in list {
      guard let fields = JSONScan.object(slice), JSONScan.string(fields["fingerprint"]) == key else { continue }
      guard let alert = AlertmanagerConnector.alert(slice, "") else { continue }
      let labels = fields["labels"].flatMap { JSONScan.object($0) } ?? [:]
      let matchers = labels.sorted { $0.key < $1.key }.compactMap { entry in
        JSONScan.string(entry.value).map { AlertmanagerSilence.Matcher(name: Array(entry.key.utf8), value: $0) }
      }
      return (alert, matchers)
    }
    return nil
  }

  /// Alerts that have all labels of one that was chosen, and more.
  private func others(_ chosen: [Found]) async throws(Failure) -> Int {
    let all = try await client.list("/alerts?active=true&silenced=true&inhibited=true&unprocessed=true").compactMap {
      AlertmanagerConnector.alert($0, "")
    }
    return all.filter { alert in
      chosen.contains { one in Set(one.alert.labels).isSubset(of: alert.labels) } && !chosen.contains { $0.alert.id.key == alert.id.key }
    }.count
  }

  private func silences() async throws(Failure) -> [AlertmanagerSilence] {
    try await client.list("/silences").compactMap { AlertmanagerSilence($0) }
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {}

  func end(_ operation: Operation, _ permit: Permit) async {}

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    let began = clock.now()
    var outcomes: [Outcome] = []
    var reasons: [Int: SafeText] = [:]
    for (index, target) in batch.targets.enumerated() {
      let done: (outcome: Outcome, reason: SafeText?)
      do throws(Failure) {
        done = batch.operation.verb == .silence ? try await silence(target, batch.operation, permit) : try await expire(target, permit)
      } catch {
        // What was sent and not answered may have happened.
        let isSure =
          switch error {
          case .refused, .declined: true
          default: false
          }
        outcomes += [isSure ? .failed : .unknown] + [Outcome](repeating: .failed, count: batch.targets.count - index - 1)
        reasons[index] = error.what
        return BatchReport(outcomes: outcomes, reasons: reasons, held: clock.now().age(since: began), failure: error)
      }
      outcomes.append(done.outcome)
      reasons[index] = done.reason
    }
    return BatchReport(outcomes: outcomes, reasons: reasons, held: clock.now().age(since: began))
  }

  private func silence(_ target: Target, _ operation: Operation, _ permit: Permit) async throws(Failure) -> (Outcome, SafeText?) {
    let wish = try QuietWish(operation.arguments[Operation.silenceKey] ?? "")
    guard let found = Self.find(target.key, try await client.list("/alerts?active=true&silenced=true&inhibited=true&unprocessed=true"))
    else {
      return (.absent, "it is over: there is nothing to keep quiet")
    }
    guard
      found.matchers.allSatisfy({
        SafeText(bytes: $0.value).text.utf8.elementsEqual($0.value) && SafeText(bytes: $0.name).text.utf8.elementsEqual($0.name)
      })
    else { return (.failed, "a label holds characters that are not sent from here: silence it in Alertmanager's own page") }
    // Asked twice it is made once.
    if try await silences().contains(where: { $0.state == .active && Set($0.matchers) == Set(found.matchers) && $0.comment == wish.reason }
    ) {
      return (.conflict, "a silence with the same labels and reason is there already")
    }
    let now = clock.now().unix
    let body: JSONText = .object([
      ("matchers", .array(found.matchers.map(\.json))), ("startsAt", .text(Calendar.stampMillis(now))),
      ("endsAt", .text(Calendar.stampMillis(now + wish.seconds))), ("createdBy", .text(SafeText(escaping: actor, limit: 100))),
      ("comment", .text(wish.reason)),
    ])
    let answer = try await link.create("/api/v2/silences", json: Array(body.compact().utf8), permit)
    guard answer.status == 200 else { return (.failed, Self.reason(answer)) }
    let id = JSONScan.member(answer.body, "silenceID").flatMap { AlertLabels.text($0) }
    return (.moved, id.map { "silence \($0)" })
  }

  private func expire(_ target: Target, _ permit: Permit) async throws(Failure) -> (Outcome, SafeText?) {
    guard let found = try await silences().first(where: { $0.id == target.key }), found.state != .expired else {
      return (.absent, "it is over already")
    }
    let path = target.key.map { HTTPAddress.encoded(String(UnicodeScalar($0))) }.joined()
    let answer = try await link.delete("/api/v2/silence/\(path)", permit)
    return answer.status == 200 ? (.moved, nil) : (.failed, Self.reason(answer))
  }

  /// `{"code":612,"message":…}`, or a text in quotes.
  private static func reason(_ answer: HTTPAnswer) -> SafeText {
    let message = JSONScan.member(answer.body, "message").flatMap { AlertLabels.text($0) } ?? SafeText(bytes: answer.body.prefix(160))
    return "\(answer.status): \(message)"
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] { targets.map { _ in nil } }

  func fate(of targets: [Target]) async throws(Failure) -> Fate { Fate() }

  func close() async { await link.close() }
}
