import Gate
import OpsModel

/// Statements of runbooks: one each, by the extended protocol, in a transaction of its own.
final class PostgresSteps: StepServer {
  static let kind = StepServerKind(
    lease: { (settings, scope, holder, clock, _) throws(Failure) in PostgresRunLease(settings, scope, holder, clock) },
    make: { (settings, _, clock) throws(Failure) in
      try URLText.refuseHiddenPassword(settings.url)
      return PostgresSteps(settings, clock)
    })

  private let settings: SourceSettings
  private let clock: any OpsClock

  init(_ settings: SourceSettings, _ clock: any OpsClock) {
    self.settings = settings
    self.clock = clock
  }

  func look(_ call: StepCall, _ terms: StepTerms) async -> AttemptEnd { await run(call, terms, isWriting: false) }

  func perform(_ call: StepCall, _ terms: StepTerms, _ permit: Permit) async -> AttemptEnd { await run(call, terms, isWriting: true) }

  func close() async {}

  /// The table `opsc_ops` of the target: its key is written in the same transaction as the change.
  func knows(_ operation: String) async -> Bool? {
    let link = link(isActing: false, patience: 9)
    defer { link.close() }
    return try? await link.run { (connection) throws(Failure) -> Bool? in
      try connection.open()
      return try PostgresStep(connection: connection, clock: self.clock).knows(operation)
    }
  }

  private func link(isActing: Bool, patience: Double) -> PostgresLink {
    PostgresLink(
      settings: PostgresSettings(
        connection: settings.url, password: settings.texts["password"], presence: settings.presence, isActing: isActing),
      clock: clock, patience: patience)
  }

  private func run(_ call: StepCall, _ terms: StepTerms, isWriting: Bool) async -> AttemptEnd {
    guard case .sql(let query, let arguments, let rows, let operation) = call else { return .refused("PostgreSQL takes statements", nil) }
    let link = link(isActing: isWriting, patience: terms.timeout + PostgresConnection.connectDeadline + 2)
    defer { link.close() }
    let clock = clock
    do throws(Failure) {
      return try await link.run { (connection) throws(Failure) in
        do throws(Failure) { try connection.open() } catch { return .notSent(error.what) }
        return PostgresStep(connection: connection, clock: clock).run(
          query, arguments, rows: rows, operation: isWriting ? operation : nil, timeout: terms.timeout, isWanted: terms.isWanted)
      }
    } catch { return AttemptEnd(after: error) }
  }
}
