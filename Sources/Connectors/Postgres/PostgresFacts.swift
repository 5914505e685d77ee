import OpsModel

/// What a server says of itself and of our role.
struct PostgresFacts {
  let version: Int
  let product: SafeText
  let isStandby: Bool
  let uptime: Double?
  let seesAll: Bool
  let role: SafeText
  let limit: Int?

  /// Versions whose columns are known here.
  static let known = 120_000..<190_000

  static func read(_ connection: PostgresConnection) throws(Failure) -> PostgresFacts {
    let rows = try connection.rows(PostgresSQL.facts)
    guard let row = rows.first, row.count == 7, let version = number(row[0]) else {
      throw .garbage("a row about the server of another shape")
    }
    guard version >= Double(known.lowerBound) else {
      throw .settings("PostgreSQL \(SafeText(bytes: row[1] ?? [], limit: 20)) is older than 12, the oldest that is understood")
    }
    let full = SafeText(bytes: (row[1] ?? []).prefix { $0 != UInt8(ascii: " ") }, limit: 20)
    return PostgresFacts(
      version: Int(version), product: "PostgreSQL \(full)", isStandby: row[2] == Array("t".utf8), uptime: number(row[3]),
      seesAll: row[4] == Array("t".utf8), role: SafeText(bytes: row[5] ?? [], limit: 64), limit: number(row[6]).map { Int($0) })
  }

  private static func number(_ value: [UInt8]?) -> Double? { value.flatMap { Double(String(decoding: $0, as: UTF8.self)) } }

  func server(used: Int) -> ServerState {
    var state = ServerState(product: product)
    state.role = isStandby ? .standby : .primary
    state.uptime = uptime
    state.connections = used
    state.connectionLimit = limit
    return state
  }

  var notices: [Notice] {
    var notices: [Notice] = []
    if !seesAll {
      notices.append(
        Notice(
          .warning,
          "states and statements of other roles are hidden: GRANT pg_monitor TO \(role); sessions, users and who blocks whom still show"))
    }
    if !Self.known.contains(version) {
      notices.append(Notice(.ok, "\(product) is newer than what this console was tested with"))
    }
    return notices
  }
}
