import Gate
import OpsModel

/// One statement in one transaction, from its beginning to its end.
struct PostgresStep {
  let connection: PostgresConnection
  let clock: any OpsClock

  /// - Parameters:
  ///   - rows: of changed or returned rows; another number is rolled back.
  ///   - operation: nil for a look, whose transaction is read-only.
  ///   - isWanted: asked while the statement runs; not any more when it is committed.
  func run(
    _ query: String, _ arguments: [RunValue], rows: ClosedRange<Int>?, operation: String?, timeout: Double,
    isWanted: @escaping @Sendable () -> Bool
  ) -> AttemptEnd {
    connection.deadline = timeout + 1
    do throws(Failure) { try begin(isWriting: operation != nil, timeout) } catch { return .notSent(error.what) }
    do throws(Failure) {
      connection.isWanted = isWanted
      defer { connection.isWanted = nil }
      let result = try connection.table(query, arguments.map(Self.parameter))
      connection.isWanted = nil
      let count = result.affected ?? result.rows.count
      if let rows, !rows.contains(count) {
        _ = try connection.simple("ROLLBACK")
        return .refused("\(Units.count(count, "row")) instead of \(Self.words(rows)): rolled back", nil)
      }
      guard let operation else {
        _ = try connection.simple("ROLLBACK")
        return .done(PostgresOutputs.outputs(result))
      }
      if try !note(operation) {
        _ = try connection.simple("ROLLBACK")
        return .noChange(["message": .text("the server has this operation written down as done")])
      }
      _ = try connection.simple("COMMIT")
      return .done(PostgresOutputs.outputs(result))
    } catch {
      // While the connection stands the server has said no, and the transaction is gone with it.
      guard connection.isOpen else { return AttemptEnd(after: error) }
      _ = try? connection.simple("ROLLBACK")
      return isWanted() ? AttemptEnd(after: error) : .notSent("stopped by the operator: the server has rolled it back")
    }
  }

  private func begin(isWriting: Bool, _ timeout: Double) throws(Failure) {
    _ = try connection.simple(isWriting ? "BEGIN READ WRITE" : "BEGIN READ ONLY")
    let limits = """
      SET LOCAL statement_timeout = \(Int(timeout * 1000)); SET LOCAL lock_timeout = \(Int(min(timeout, 5) * 1000));
      SET LOCAL idle_in_transaction_session_timeout = 15000; SET LOCAL search_path = "$user", public
      """
    _ = try connection.simple(limits)
  }

  /// - Returns: false where it stands there already: then it was done before.
  private func note(_ operation: String) throws(Failure) -> Bool {
    guard try hasTable() else { return true }
    let sql = "INSERT INTO opsc_ops (op_id) VALUES ($1) ON CONFLICT DO NOTHING"
    return try connection.table(sql, [Array(operation.utf8)]).affected == 1
  }

  /// - Returns: nil where the target has no such table.
  func knows(_ operation: String) throws(Failure) -> Bool? {
    try begin(isWriting: false, 3)
    guard try hasTable() else { return nil }
    return try !connection.table("SELECT 1 FROM opsc_ops WHERE op_id = $1", [Array(operation.utf8)]).rows.isEmpty
  }

  private func hasTable() throws(Failure) -> Bool {
    try connection.table("SELECT to_regclass('opsc_ops') IS NOT NULL", []).rows.first?.isTrue(0) ?? false
  }

  private static func words(_ rows: ClosedRange<Int>) -> SafeText {
    rows.lowerBound == rows.upperBound ? "\(rows.lowerBound)" : "\(rows.lowerBound) to \(rows.upperBound)"
  }

  /// A value as the protocol's text form; a list as an array of texts.
  static func parameter(_ value: RunValue) -> [UInt8]? {
    switch value {
    case .null: return nil
    case .list(let list):
      let items = list.map { item -> String in
        guard let text = item.argument else { return "NULL" }
        return "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
      }
      return Array("{\(items.joined(separator: ","))}".utf8)
    case .map: return value.jsonBytes
    default: return Array((value.argument ?? "").utf8)
    }
  }
}
