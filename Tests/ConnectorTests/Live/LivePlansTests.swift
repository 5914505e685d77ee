import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("Plans without running, on a real cluster", .serialized)
struct LivePlansTests {
  /// Tests that make functions, or change a role, have a cluster of their own.
  private static let shared = ["statements:200", "busy"]

  private static func plan(_ connector: PostgresConnector, _ statement: PlanRequest.Statement) async throws(Failure) -> PlanDocument {
    try await connector.plan(of: PlanRequest(source: "main-db", statement: statement))
  }

  private static func refusal(_ connector: PostgresConnector, _ text: String) async -> String {
    do throws(Failure) {
      _ = try await plan(connector, .text(text))
      return "a plan"
    } catch { return error.sentence(age: nil).text }
  }

  @Test("of a text, of what a session runs, and of a listed statement, with holes where its values were")
  func sources() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene)
      _ = try await connector.observe()
      try await scene.ask("do work")
      let observation = try await connector.observe()
      let text = try await Self.plan(connector, .text("select count(*) from work_rows where n = 3"))
      #expect(text.analysis.plan.nodes.contains { $0.relation == "work_rows" } && !text.analysis.plan.isAnalyzed)
      let sleeper = try #require(observation.sessions.first { $0.pid == (try? scene.number("busy_sleeper")) })
      let session = try await Self.plan(connector, .session(sleeper.id))
      #expect(session.statement.text.contains("pg_sleep") && !session.analysis.plan.nodes.isEmpty)
      let log = try #require(try await connector.observe().statements)
      let row = try #require(log.window(60).rows.first { log.texts[$0.key]?.text.contains("work_rows where n >") == true })
      let listed = try await Self.plan(connector, .listed(row.key))
      #expect(listed.analysis.plan.nodes.contains { $0.relation == "work_rows" })
      #expect(listed.notices.contains { $0.text.text.contains("generic plan") } && listed.whyNotMeasured != nil)
      await connector.close()
    }
  }

  @Test("partitions are not pruned away for want of values, and holes in odd places are mended")
  func holes() async throws {
    try await Triage.sharing(Self.shared) { scene in
      for sql in [
        "create table parted (day date, n int) partition by range (day)",
        "create table parted_1 partition of parted for values from ('2026-01-01') to ('2026-02-01')",
        "create table parted_2 partition of parted for values from ('2026-02-01') to ('2026-03-01')",
      ] { try await scene.ask("sql \(sql)") }
      let connector = try Triage.connector(scene)
      let pruned = try await Self.plan(connector, .text("select * from parted where day = $1 and n > $2"))
      #expect(pruned.analysis.plan.nodes.filter { $0.relation?.text.hasPrefix("parted_") == true }.count == 2)
      for text in [
        "select now() - interval $1", "select extract($1 from now())", "select date $1 + $2::int", "select $1::int where $2::text like $3",
        "select timestamp with time zone $1", "select * from parted where n in ($1 /*, ... */) limit $2",
      ] {
        let made = try await Self.plan(connector, .text(text))
        #expect(!made.analysis.plan.nodes.isEmpty, "\(text)")
      }
      await connector.close()
    }
  }

  @Test("what is no single statement with a plan is refused with the reason, and nothing of it runs")
  func refusals() async throws {
    try await Triage.sharing(Self.shared) { scene in
      let connector = try Triage.connector(scene)
      #expect(await Self.refusal(connector, "select 1; drop table busy").contains("several statements"))
      #expect(await Self.refusal(connector, "vacuum full").contains("VACUUM has no plan"))
      #expect(await Self.refusal(connector, "create table x as select 1").contains("CREATE has no plan"))
      #expect(await Self.refusal(connector, "select 1 into made_here").contains("SELECT INTO"))
      #expect(await Self.refusal(connector, "select 'unfinished").contains("cut off"))
      #expect(await Self.refusal(connector, "explain analyze delete from pg_class").contains("EXPLAIN has no plan"))
      #expect(await Self.refusal(connector, "select * from no_such_table").contains("search_path"))
      #expect(await Self.refusal(connector, "").contains("no statement"))
      let blind = try Triage.connector(scene, "nobody_special")
      #expect(await Self.refusal(blind, "select * from pg_authid").contains("pg_read_all_data"))
      // Writes are planned in a read-only transaction, and planning them writes nothing.
      try await scene.ask("sql create table written (n int)")
      try await scene.ask("sql grant insert on written to watcher")
      let insert = try await Self.plan(connector, .text("insert into written values (1)"))
      #expect(insert.analysis.plan.nodes.first?.label == "Insert" && insert.whyNotMeasured?.text.contains("writes") == true)
      #expect(try await scene.value("select count(*) from written") == "0")
      await connector.close()
      await blind.close()
    }
  }

  @Test("planning runs nothing that an ordinary role made: immutable functions and operators of others are refused")
  func strangers() async throws {
    try await Triage.during(["busy"]) { scene in
      for sql in [
        "grant create on schema public to app", "create table seen (n int)", "grant all on seen to app, watcher",
        "create function public.lower(text) returns text immutable language plpgsql as $$ begin raise exception 'ran'; end $$",
        "alter function public.lower(text) owner to app", "alter role app set search_path = public, pg_catalog",
        "create function public.same(int, int) returns bool immutable language sql as 'select true'",
        "create operator public.=== (leftarg = int, rightarg = int, function = public.same)",
        "alter operator public.=== (int, int) owner to app",
      ] { try await scene.ask("sql \(sql)") }
      let connector = try Triage.connector(scene)
      #expect(await Self.refusal(connector, "select public.lower('x')").contains("public.lower, which an ordinary role created"))
      #expect(await Self.refusal(connector, "select lower('x')").contains("which an ordinary role created"))
      #expect(await Self.refusal(connector, "select 1 === 2").contains("operator public.==="))
      #expect(await Self.refusal(connector, "select 1 where 2 = 2 and 'a' || 'b' <> 'c'") == "a plan")
      await connector.close()
    }
  }

  @Test("our own statements mean the server's own functions, whatever somebody put into public")
  func shadows() async throws {
    try await Triage.during(["chain"]) { scene in
      for sql in [
        "create function public.pg_wal_lsn_diff(pg_lsn, text) returns numeric language plpgsql as $$ begin raise exception 'ran'; end $$",
        "create function public.quote_ident(name) returns text language plpgsql as $$ begin raise exception 'ran'; end $$",
        "create function public.array_to_string(int[], text) returns text language plpgsql as $$ begin raise exception 'ran'; end $$",
      ] { try await scene.ask("sql \(sql)") }
      let observation = try await Triage.look(scene)
      #expect(observation.health?.gaps.isEmpty == true && observation.locks?.roots == 1 && observation.statements != nil)
    }
  }

  @Test("a statement runs under the search_path of its role")
  func searchPath() async throws {
    try await Triage.during(["busy"]) { scene in
      for sql in [
        "create schema inner_part", "create table inner_part.hidden_rows (n int)", "grant usage on schema inner_part to watcher, app",
        "alter role app set search_path = inner_part", "grant select on inner_part.hidden_rows to app",
      ] { try await scene.ask("sql \(sql)") }
      let connector = try Triage.connector(scene)
      _ = try await connector.observe()
      let link = PostgresLink(settings: try Triage.settings(scene, "app"), clock: SystemClock())
      try await link.run { (connection) throws(Failure) in
        try connection.open()
        _ = try connection.rows("set search_path = inner_part")
        _ = try connection.rows("select count(*) from hidden_rows")
      }
      let log = try #require(try await connector.observe().statements)
      let row = try #require(log.window(60).rows.first { log.texts[$0.key]?.text == "select count(*) from hidden_rows" })
      let made = try await Self.plan(connector, .listed(row.key))
      #expect(made.path == "inner_part" && made.analysis.plan.nodes.contains { $0.qualifiedRelation == "inner_part.hidden_rows" })
      link.close()
      await connector.close()
    }
  }
}

@Suite("What may be explained, and what may be run for it")
struct ExplainGuardTests {
  private static func why(_ text: String) -> String? {
    do throws(Failure) {
      try ExplainGuard(text).checkReading()
      return nil
    } catch { return error.what.text }
  }

  @Test(
    "only what is provably a SELECT that reads is run",
    arguments: [
      "select 1", "  /* c */ select a from t -- x", "with x as (select 1) select * from x", "values (1)", "table t",
      "(select 1) union (select 2)",
      "select 'insert into' as word", "select \"update\" from t", "select $$ delete $$",
    ])
  func reads(_ text: String) { #expect(Self.why(text) == nil, "\(Self.why(text) ?? "")") }

  @Test(
    "everything else is not",
    arguments: [
      "delete from t", "with x as (delete from t returning *) select * from x", "select * from t for update",
      "select * from t for no key update",
      "select * from t for share", "select 1 into x", "create table x as select 1", "select 1; delete from t", "explain analyze select 1",
      "select $1", "", ";", "select 'cut off", "call p()", "do $$ begin end $$", "merge into t using s on true when matched then delete",
      "copy t to program 'x'", "/* */ vacuum", "select 1 /* cut", "select 1 as a --\rinto newt\n from t", "select 1into newt from t",
    ])
  func writes(_ text: String) { #expect(Self.why(text) != nil) }

  @Test("calls are found in texts, also where names are quoted")
  func calls() {
    #expect(ExplainGuard.calls(in: "select f(x), \"G\"(1), s.h (2), 'i(3)' from t") == ["f", "G", "h"])
  }

  @Test("operators are found in every way their signs may be cut")
  func operators() {
    #expect(ExplainGuard.operators(in: "select a<=b").isSuperset(of: ["<", "=", "<="]) && ExplainGuard.operators(in: "'<>' , x").isEmpty)
  }

  @Test("holes where the grammar allows none are mended, and counted anew")
  func mended() {
    #expect(NormalisedText.mended("select interval $1, $2") == "select $1::interval, $2")
    #expect(NormalisedText.mended("select extract($1 from x), $2, $2") == "select extract(epoch from x), $1, $1")
    #expect(NormalisedText.mended("select timestamp without time zone $3") == "select $1::timestamp without time zone")
    #expect(NormalisedText.mended("select '$1', date '2020-01-01', $2") == "select '$1', date '2020-01-01', $1")
  }
}
