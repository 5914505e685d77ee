import Foundation
import Gate
import OpsModel
import Synchronization
import TestKit
import Testing

@testable import Runbooks

@Suite("A run whose disk fails: every call, every way")
struct RunFaultTests {
  private static let text = """
    steps:
      - {id: look, mode: read, cmd: {argv: [ls]}}
      - {id: move, queue: {action: retry, conn: b, select: {max: 40}}}
      - {id: change, cmd: {argv: [touch, x]}}
    finally:
      - {id: last, idempotent: true, cmd: {argv: [ls]}}
    """

  private let files = TestFolder()

  /// One run with one fault, and what follows from it.
  private func check(_ kind: FailingCalls.Kind, _ number: Int, _ fault: FailingCalls.Fault) async throws -> Bool {
    let scene = RunScene()
    let place = scene.path()
    let ids = (0..<40).map { "job-\($0)" }
    let ports = FakePorts()
    ports.items.withLock { $0.left = Set(ids) }
    let calls = FailingCalls(kind, number: number, fault)
    let name = "\(kind.rawValue) \(number) \(fault.rawValue)"
    var state = RunHistory.RunState.paused
    do { state = try await scene.live(Self.text, ports, journal: place, frozen: ["move": ids], calls: calls).0 } catch is JournalFailure {}
    guard calls.hit.withLock({ $0 }) else { return false }
    if fault == .interrupted || (fault == .short && kind == .write) {
      #expect(state == .succeeded, "\(name): a signal or a short write is no failure")
    } else {
      #expect(state == .paused, "\(name): it went on without its journal")
    }
    // Nothing is begun whose intent is not on disk.
    let read = JournalReader.read(place)
    let intended = Set((read?.records ?? []).filter { $0.kind == .stepIntent }.map(\.step))
    #expect(Set(ports.seen.withLock { $0 }).subtracting(intended).isEmpty, "\(name): done before its intent was written")
    if state != .succeeded { try await resume(scene, place, ports, ids, name) }
    let (left, moved) = ports.items.withLock { ($0.left, $0.moved) }
    #expect(left.isEmpty && moved.values.allSatisfy { $0 == 1 } && moved.count == 40, "\(name)")
    #expect(ports.seen.withLock { $0.filter { $0 == "change" }.count } == 1, "\(name): a change was done twice or never")
    return true
  }

  private func resume(_ scene: RunScene, _ place: String, _ ports: FakePorts, _ ids: [String], _ name: String) async throws {
    if JournalReader.read(place)?.records.isEmpty ?? true { try? FileManager.default.removeItem(atPath: place) }
    var (state, history) = try await scene.live(Self.text, ports, journal: place, frozen: ["move": ids])
    if history.open == ["change"] {
      #expect(state == .paused, "\(name): what nobody knows was taken for known")
      let happened = ports.seen.withLock { $0.contains("change") }
      let read = try #require(JournalReader.read(place))
      try Journal(place, after: read, clock: WallClock()).write(
        .decision, step: "change", fields: ["state": .text(happened ? "ok" : "pending"), "reason": .text("looked")])
      (state, history) = try await scene.live(Self.text, ports, journal: place, frozen: ["move": ids])
    }
    #expect(state == .succeeded, "\(name): \(history.order)")
  }

  @Test(
    "ENOSPC, EIO, a short write and EINTR at every write, sync and open: the outcome is the one that is written",
    arguments: FailingCalls.Fault.allCases)
  func sweep(fault: FailingCalls.Fault) async throws {
    var hits = 0
    for kind in [FailingCalls.Kind.open, .write, .sync] {
      var number = 1
      while try await check(kind, number, fault) {
        hits += 1
        number += 1
        if number > 60 { break }
      }
    }
    #expect(hits > 30, "\(hits) faults: the sweep proves nothing")
  }

  @Test("where the folder of a run can not be written whole there is no run", arguments: FailingCalls.Fault.allCases)
  func folder(fault: FailingCalls.Fault) throws {
    for kind in FailingCalls.Kind.allCases {
      for number in 1...12 {
        let runs = try files.folder()
        let calls = FailingCalls(kind, number: number, fault)
        let some = [UInt8](repeating: 1, count: 10)
        let place = RunFolder(RunID(now: 1), in: runs)
        var failure: JournalFailure?
        do throws(JournalFailure) { try place.make(runbook: some, plan: some, frozen: some, calls: calls) } catch { failure = error }
        let isFatal = kind == .folder || (fault != .interrupted && !(fault == .short && kind == .write))
        #expect((failure != nil) == (isFatal && calls.hit.withLock { $0 }), "\(kind.rawValue) \(number) \(fault.rawValue)")
        let left = try FileManager.default.contentsOfDirectory(atPath: runs)
        #expect(left.isEmpty == (failure != nil), "\(kind.rawValue) \(number) \(fault.rawValue): \(left)")
      }
    }
  }
}
