import OpsModel
import Testing

@testable import Connectors

@Suite("Where a session is decides what a signal does to it")
struct SessionPointTests {
  private static let active: [(query: String, type: String?, event: String?, point: SessionPoint)] = [
    ("select 1", nil, nil, .open), ("update orders set n = 1", "IPC", "SyncRep", .committedHere),
    ("commit", "IPC", "SyncRep", .committedHere),
    ("do $$ begin update a set n = 1; commit; update b set n = 2; end $$", "IPC", "SyncRep", .committedPart),
    ("call close_day()", "IPC", "SyncRep", .committedPart), ("vacuum orders", "IPC", "SyncRep", .committedPart),
    ("create index concurrently i on orders (n)", "IPC", "SyncRep", .committedPart),
    ("PREPARE TRANSACTION 'a'", "IPC", "SyncRep", .preparedHere), ("COMMIT PREPARED 'a'", "IPC", "SyncRep", .committedHere),
    ("/* app:shop */ -- x\n COMMIT;", nil, nil, .committing), ("end work", nil, nil, .committing), ("rollback", nil, nil, .rollingBack),
    ("rollback to savepoint a", nil, nil, .open), ("commit prepared 'a'", nil, nil, .finishingPrepared),
    ("ROLLBACK PREPARED 'a'", nil, nil, .finishingPrepared), ("prepare transaction 'a'", nil, nil, .preparing),
    ("prepare p as select 1", nil, nil, .open), ("insert into orders values (1)", "IO", "WALSync", .committing),
    ("insert into orders values (1)", "LWLock", "WALWrite", .committing), ("vacuum (full) orders", nil, nil, .maintaining),
    ("autovacuum: VACUUM public.orders", nil, nil, .maintaining), ("cluster", nil, nil, .maintaining),
    ("cluster orders using i", nil, nil, .open),
    ("reindex database shop", nil, nil, .maintaining),
    ("create index concurrently i on orders (n)", "Lock", "virtualxid", .indexingConcurrently),
    ("create unique index concurrently i on orders (n)", nil, nil, .indexingConcurrently),
    ("drop index concurrently i", nil, nil, .indexingConcurrently),
    ("reindex (verbose) table concurrently orders", nil, nil, .indexingConcurrently),
    ("create index i on orders (n)", nil, nil, .open), ("alter table p detach partition q concurrently", nil, nil, .detaching),
    ("refresh materialized view concurrently v", nil, nil, .open), ("call close_day()", nil, nil, .committingParts),
    ("do $$ begin commit; end $$", nil, nil, .committingParts),
    ("update orders set n = 1; commit; update orders set n = 2", nil, nil, .committingParts),
    ("select 'a; commit'", nil, nil, .open), ("select * from far_orders", "Extension", "PostgresFdwGetResult", .remote),
    ("select * from far_orders", "Extension", "Extension", .remote), ("select pg_sleep(1)", "Timeout", "PgSleep", .open),
  ]

  @Test("from its statement and its wait event", arguments: active.indices)
  func points(_ index: Int) {
    let (query, type, event, point) = Self.active[index]
    #expect(SessionPointReader.point(state: "active", waitType: type, waitEvent: event, query: query) == point, "\(query)")
  }

  @Test("what is idle has nothing to lose, and of what is hidden nothing is known")
  func others() {
    #expect(SessionPointReader.point(state: "idle", waitType: "Client", waitEvent: "ClientRead", query: "commit") == .idle)
    #expect(SessionPointReader.point(state: "idle in transaction", waitType: nil, waitEvent: nil, query: "commit") == .open)
    #expect(SessionPointReader.point(state: nil, waitType: nil, waitEvent: nil, query: "commit") == nil)
  }

  private static let all: [SessionPoint] = [
    .idle, .open, .committedHere, .preparedHere, .committedPart, .committing, .rollingBack, .preparing, .finishingPrepared, .maintaining,
    .indexingConcurrently, .detaching, .committingParts, .remote,
  ]

  /// Only an open transaction is rolled back whatever happens: of every other point the preview says what stays, or what is uncertain.
  @Test("no preview and no receipt promises a rollback where something is committed", arguments: all)
  func words(_ point: SessionPoint) {
    for isCancel in [true, false] {
      let effect = SignalEffect(point: point, isCancel: isCancel, standby: "ghost")
      let said = SafeText.join(effect.loses + effect.keeps + effect.warnings(isWriting: true) + [effect.receipt ?? ""], "; ")
      if [.committedHere, .preparedHere, .committedPart, .maintaining, .indexingConcurrently, .detaching, .committingParts].contains(point)
      {
        #expect(!said.contains("rolled back") && !said.contains("rolling back"), "\(said)")
      }
      if point.waitsForStandby {
        #expect(effect.standing?.contains("standby ghost") == true && said.contains("perhaps not on the standby"), "\(said)")
      }
      if ![.idle, .open, .maintaining].contains(point) {
        #expect(effect.standing != nil && effect.receipt != nil && !effect.warnings(isWriting: false).isEmpty)
      }
      #expect(!isCancel || effect.keeps.contains { $0.contains("session") })
    }
  }

  @Test("one number of waiters, through the whole chain, without those that are signalled themselves")
  func waiters() {
    func session(_ pid: Int, behind: [Int]) -> SessionState {
      var out = SessionState(id: ResourceID(source: "db", kind: .session, key: "\(pid)"), pid: pid)
      out.blockedBy = behind
      return out
    }
    let chain = [session(1, behind: []), session(2, behind: [1])] + (3...9).map { session($0, behind: [2]) }
    #expect(PostgresWaiters.count(behind: [1], in: chain).words == "8 sessions wait behind it, 1 directly")
    #expect(PostgresWaiters.count(behind: [2], in: chain).words == "7 sessions wait behind it")
    #expect(PostgresWaiters.count(behind: [1, 2], in: chain).words == "7 sessions wait behind them")
    #expect(PostgresWaiters.count(behind: [9], in: chain).words == nil)
    #expect(PostgresWaiters.count(behind: [1], in: Array(chain.prefix(2))).words == "1 session waits behind it")
    // Two that wait for each other.
    let loop = [session(1, behind: [2]), session(2, behind: [1])]
    #expect(PostgresWaiters.count(behind: [1], in: loop).words == "1 session waits behind it")
  }
}
