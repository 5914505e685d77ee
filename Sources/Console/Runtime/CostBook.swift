public import OpsModel

/// One line of costs: whose, and what it costs.
public struct CostRow: Sendable {
  public let id: ResourceID
  public let service: SafeText
  public let cost: Cost
  /// A caveat.
  public let remark: SafeText?
}

/// What requests and tasks cost: as instrumented services tell it, and for the others reckoned from the statements of their role at the
/// database over the same window.
public struct CostBook {
  /// Shorter windows tell nothing.
  static let shortest = 30.0
  private static let window = 60.0

  private let view: StoreView

  /// A service that has a role of its own.
  private struct Service {
    let name: SafeText
    let source: SafeText
    let unit: Cost.Unit
    /// Over this many seconds; nil while unknown.
    let count: (Double) -> Double?
    let total: Double?
  }

  public static func rows(_ view: StoreView) -> [CostRow] { CostBook(view: view).all }

  private var all: [CostRow] {
    let told = view.processes.flatMap { process in
      process.state.costs.enumerated().map { index, cost in
        CostRow(
          id: ResourceID(source: process.id.source, kind: .cost, key: process.id.key + [0] + Array("\(index) \(cost.name)".utf8)),
          service: process.state.name,
          cost: cost, remark: nil)
      }
    }
    return told + reckoned
  }

  private var reckoned: [CostRow] {
    let roles = Dictionary(grouping: services, by: \.role)
    return roles.sorted { $0.key < $1.key }.compactMap { role, services in row(role, services.map(\.service)) }
  }

  private var services: [(role: SafeText, service: Service)] {
    var out: [(role: SafeText, service: Service)] = []
    for source in view.sources {
      for process in view.processes {
        guard let id = process.id(in: source.name), let role = source.role(of: process.state.group), process.signals[.requestRate] != nil
        else { continue }
        let history = view.history
        out.append(
          (
            role,
            Service(
              name: process.state.name, source: source.name, unit: .request,
              count: { seconds in history.mean(.signal(.requestRate), of: id, window: seconds).map { $0 * seconds } },
              total: process.signals[.requestAverage])
          ))
      }
      if let role = source.role(of: nil), source.facets.contains(.queues) {
        let history = view.history
        out.append(
          (
            role,
            Service(
              name: source.name, source: source.name, unit: .task, count: { history.change(.done, of: source.id, window: $0)?.by },
              total: nil)
          ))
      }
    }
    return out
  }

  private func row(_ role: SafeText, _ services: [Service]) -> CostRow? {
    guard let first = services.first else { return nil }
    let name = SafeText.join(services.map(\.name), " + ")
    let id = ResourceID(source: first.source, kind: .cost, key: "role \(role)")
    let logs = view.sources.compactMap(\.reading.value?.statements).filter { $0.users.values.contains(role) }
    if logs.count > 1 {
      let cost = Cost(first.unit, name: "", window: 0, count: 0)
      return CostRow(
        id: id, service: name, cost: cost, remark: "\(logs.count) databases have a role \(role): which is meant can not be told")
    }
    guard let log = logs.first else {
      let cost = Cost(first.unit, name: "", window: 0, count: 0)
      return CostRow(
        id: id, service: name, cost: cost, remark: "no statement of role \(role) was seen: pg_stat_statements is needed at its database")
    }
    let window = log.window(Self.window)
    guard let span = window.span, span >= Self.shortest else {
      return CostRow(
        id: id, service: name, cost: Cost(first.unit, name: "", window: window.span ?? 0, count: 0),
        remark: "counting: half a minute is needed")
    }
    let counts = services.map { $0.count(span) }
    guard counts.allSatisfy({ $0 != nil }) else { return nil }
    let count = counts.reduce(0) { $0 + ($1 ?? 0) }
    let own = Set(log.users.filter { $0.value == role }.keys)
    let rows = window.rows.filter { own.contains($0.key.user) && $0.key.isTop && !Self.isControl(log.texts[$0.key]) }
    var cost = Cost(first.unit, name: "", window: span, count: count)
    if count > 0 {
      cost.queries = Cost.Part(rows.reduce(0) { $0 + $1.counters.calls } / count, from: "pg_stat_statements")
      cost.databaseTime = Cost.Part(rows.reduce(0) { $0 + $1.counters.total } / 1000 / count, from: "pg_stat_statements")
    }
    if services.count == 1, let total = first.total { cost.totalTime = Cost.Part(total, from: "metrics") }
    let shared: SafeText? = services.count > 1 ? "all services with role \(role) together" : nil
    return CostRow(id: id, service: name, cost: cost, remark: window.evicted > 0 ? "some statements were thrown out: it is more" : shared)
  }

  /// Beginning and ending a transaction is no query.
  private static func isControl(_ text: SafeText?) -> Bool {
    guard let first = text?.text.split(whereSeparator: { !$0.isLetter }).first?.lowercased() else { return false }
    return [
      "begin", "commit", "rollback", "start", "end", "savepoint", "release", "abort", "set", "reset", "discard", "deallocate", "show",
    ].contains(first)
  }
}

extension SourceView {
  /// The role at the database of a service, as configured: one for the source, or one for each group of it.
  func role(of group: SafeText?) -> SafeText? { group.flatMap { databaseRoles[$0] } ?? databaseRoles[""] }
}
