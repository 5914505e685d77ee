import Gate
import OpsModel

/// Ends statements and sessions, and measures plans. Its own connection, with the credentials for changes.
actor PostgresActuator: Actuator {
  /// Seconds that a statement may run to be measured.
  static let analyzeLimit = 15.0
  /// Seconds after a signal for which the session is looked at.
  static let watched = 2.0

  private static let usualPath = "\"$user\", public"

  private let settings: PostgresSettings
  private let link: PostgresLink
  private let clock: any OpsClock

  init(settings: PostgresSettings, clock: any OpsClock) {
    self.settings = settings
    self.clock = clock
    link = PostgresLink(settings: settings, clock: clock, patience: 60)
  }

  static func analyzeSeconds(_ operation: Operation) -> Double {
    min(600, max(1, operation.arguments["seconds"].flatMap { Double($0) } ?? analyzeLimit))
  }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    if operation.verb == .analyze { try await check(operation) }
    return try await link.run { (connection) throws(Failure) in
      try connection.open()
      return try PostgresRehearsal(connection: connection, facts: PostgresFacts.read(connection), operation: operation).run()
    }
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {}

  func end(_ operation: Operation, _ permit: Permit) async {}

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    if batch.operation.verb == .analyze { return try await analyze(batch.operation, permit) }
    let clock = clock
    return try await link.run { (connection) throws(Failure) in
      try connection.open()
      let facts = try PostgresFacts.read(connection)
      let signals = PostgresSignals(connection: connection, facts: facts, verb: batch.operation.verb, clock: clock)
      return try signals.send(batch.targets, permit)
    }
  }

  /// A connection to where the statement runs.
  private func place(of operation: Operation) -> PostgresLink {
    let there = operation.arguments["database"].map { settings.with(database: $0) } ?? settings
    return PostgresLink(settings: there, clock: clock, patience: Self.analyzeSeconds(operation) + 10)
  }

  /// Whether it is provably one that only reads, before anybody is asked to confirm it.
  private func check(_ operation: Operation) async throws(Failure) {
    let guarded = try ExplainGuard(operation.arguments["statement"] ?? "")
    let path = operation.arguments["search_path"] ?? Self.usualPath
    let used = place(of: operation)
    defer { used.close() }
    try await used.run { (connection) throws(Failure) in
      try connection.open()
      try ExplainRunner(connection: connection, facts: PostgresFacts.read(connection), path: path).check(guarded)
    }
  }

  private func analyze(_ operation: Operation, _ permit: Permit) async throws(Failure) -> BatchReport {
    let limit = Int(Self.analyzeSeconds(operation) * 1000)
    let guarded = try ExplainGuard(operation.arguments["statement"] ?? "")
    let path = operation.arguments["search_path"] ?? Self.usualPath
    let began = clock.now()
    let used = place(of: operation)
    defer { used.close() }
    let result = try await used.run { (connection) throws(Failure) in
      try connection.open()
      return try ExplainRunner(connection: connection, facts: PostgresFacts.read(connection), path: path).analyze(guarded, limit: limit)
    }
    return BatchReport(
      outcomes: [.moved], held: clock.now().age(since: began), answers: [(from: "plan", text: "measured, rolled back")],
      document: result.json)
  }

  /// There is nothing to keep of a session.
  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] { targets.map { _ in nil } }

  func fate(of targets: [Target]) async throws(Failure) -> Fate { Fate() }

  func close() async { link.close() }
}

extension PostgresConnector {
  static let actuator = ActuatorKind([.cancel, .terminate, .analyze]) { (settings, _, clock) throws(Failure) in
    try URLText.refuseHiddenPassword(settings.url)
    return PostgresActuator(
      settings: PostgresSettings(
        connection: settings.url, password: settings.texts["password"], presence: settings.presence, isActing: true), clock: clock)
  }
}
