import Gate
import OpsModel

/// What is known now that a parameter could mean: live lists to pick from.
enum RunbookPicks {
  private static let most = 200

  static func known(_ parameter: RunbookRow.Parameter, in view: StoreView) -> [RunbookPick] {
    if !parameter.choices.isEmpty { return parameter.choices.map { RunbookPick(value: $0) } }
    switch parameter.type {
    case "bool": return [RunbookPick(value: "true"), RunbookPick(value: "false")]
    case "queue": return Set(view.rows(\.queues).map { $0.row.name.text }).sorted().prefix(most).map { RunbookPick(value: $0) }
    case "pg_pid": return blockers(view)
    default: return parameter.source == "alerts" ? alerts(view) : []
    }
  }

  /// Sessions at the root of a tree of locks.
  private static func blockers(_ view: StoreView) -> [RunbookPick] {
    let roots = view.sources.flatMap { $0.reading.value?.locks?.rows ?? [] }.filter { $0.kind == .root }
    return roots.prefix(most).compactMap { row in
      guard let session = row.session.flatMap({ SessionTarget(key: $0.key) }) else { return nil }
      let who = SafeText.join([row.application, row.state].compactMap { $0 }.filter { !$0.isEmpty }, ", ")
      return RunbookPick(
        value: String(session.pid), words: "\(session.pid) (\(who)) holds up \(row.victims)", more: ["started": session.started])
    }
  }

  /// Alerts of those that keep silences: others have no name that these would know.
  private static func alerts(_ view: StoreView) -> [RunbookPick] {
    let told = view.sources.filter { $0.verbs.contains(.silence) }.flatMap { $0.reading.value?.alerts ?? [] }
    return told.prefix(most).map { alert in
      let what = alert.summary.map { ": \($0)" } ?? "" as SafeText
      return RunbookPick(value: String(decoding: alert.id.key, as: UTF8.self), words: "\(alert.name)\(what)")
    }
  }
}
