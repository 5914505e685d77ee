import OpsModel

/// What is known now that a parameter could mean: live lists to pick from.
enum RunbookPicks {
  private static let most = 200

  static func known(_ parameter: RunbookRow.Parameter, in view: StoreView) -> [String] {
    if !parameter.choices.isEmpty { return parameter.choices }
    switch parameter.type {
    case "bool": return ["true", "false"]
    case "queue": return Array(Set(view.rows(\.queues).map { $0.row.name.text })).sorted().prefix(most).map { $0 }
    case "pg_pid": return blockers(view)
    default:
      guard parameter.source == "alerts" else { return [] }
      return view.rows(\.alerts).prefix(most).map { String(decoding: $0.row.id.key, as: UTF8.self) }
    }
  }

  /// Sessions at the root of a tree of locks.
  private static func blockers(_ view: StoreView) -> [String] {
    let roots = view.sources.flatMap { $0.reading.value?.locks?.rows ?? [] }.filter { $0.kind == .root }
    return roots.compactMap { row in
      row.session.flatMap { SessionTarget(key: $0.key) }.map { String($0.pid) }
    }
  }
}
