import OpsModel

extension PostgresConnector: StatementInspector {
  func plan(of request: PlanRequest) async throws(Failure) -> PlanDocument {
    // Two connections at most: where the statement runs may be another database than the one that is watched.
    let first = PostgresLink(settings: settings, clock: clock)
    defer { first.close() }
    let (source, facts) = try await first.run { (connection) throws(Failure) in
      try connection.open()
      let facts = try PostgresFacts.read(connection)
      return (try ExplainSource.find(request, connection, facts), facts)
    }
    let guarded = try ExplainGuard(source.text)
    let isSame = source.database == nil || source.database == facts.database.text
    let second = isSame ? first : PostgresLink(settings: settings.with(database: source.database ?? ""), clock: clock)
    defer { second.close() }
    let result = try await second.run { (connection) throws(Failure) in
      try connection.open()
      return try ExplainRunner(connection: connection, facts: facts, path: source.path).plan(guarded)
    }
    var document = try Self.document(request, result, source.text, at: clock.now())
    document.text = guarded.text
    document.database = isSame ? nil : source.database
    document.path = source.path
    do throws(Failure) { try guarded.checkReading() } catch { document.whyNotMeasured = error.what }
    return document
  }

  static func document(
    _ request: PlanRequest, _ result: ExplainRunner.Result, _ text: String, at now: Moment
  ) throws(Failure) -> PlanDocument {
    do throws(ExplainProblem) {
      let analysis = ExplainAnalysis(try ExplainReader.read(result.json))
      return PlanDocument(
        request: request, at: now, analysis: analysis, statement: SafeText(bytes: OneLine.of(Array(text.utf8)), limit: 4000),
        notices: result.notices)
    } catch {
      throw .garbage(error.sentence)
    }
  }
}
