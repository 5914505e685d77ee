import OpsModel
import Synchronization

@testable import Gate

/// A queue system of a test: a set of dead things, a queue, and a record of what was asked of it.
final class FakeActuator: Actuator {
  struct State {
    var dead: [[UInt8]: UInt64] = [:]
    var queue: [[UInt8]] = []
    var made = 0
    var performed = 0
    var deadAgain = 0
    var failure: Failure?
    var serverID: SafeText = "run-1"
    /// What happens between rehearsal and confirmation.
    var audit: String?
  }

  let state = Mutex(State())

  init(_ count: Int) { state.withLock { for number in 0..<count { $0.dead[Self.key(number)] = UInt64(number) } } }

  static func key(_ number: Int) -> [UInt8] { Array("job-\(number)".utf8) }

  static func targets(_ count: Int) -> TargetList {
    TargetList((0..<count).map { Target(scope: Array("default".utf8), key: key($0), version: Version(UInt64($0))) })
  }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    state.withLock { state in
      let affected = (0..<operation.targets.count).filter { state.dead[operation.targets[$0].key] == operation.targets[$0].version.value }
        .count
      return Rehearsal(
        affected: affected, examined: operation.targets.count, moves: "jobs to default", undo: "none", guarantee: .atomic, place: "here",
        account: "me", serverID: state.serverID)
    }
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {}
  func end(_ operation: Operation, _ permit: Permit) async {}

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    let failure = state.withLock { state in
      state.performed += 1
      return state.performed > 1 ? state.failure : nil
    }
    if let failure { throw failure }
    let outcomes = state.withLock { state in
      batch.targets.map { target -> Outcome in
        guard let version = state.dead[target.key] else { return .absent }
        guard version == target.version.value else { return .changed }
        state.dead[target.key] = nil
        state.queue.append(target.key)
        return .moved
      }
    }
    return BatchReport(outcomes: outcomes, held: 0)
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    state.withLock { state in
      targets.map { target in
        state.dead[target.key] == target.version.value ? QuarantineRecord(target: target, parts: [.init("data", target.key)]) : nil
      }
    }
  }

  func fate(of targets: [Target]) async throws(Failure) -> Fate {
    var fate = Fate()
    fate.deadAgain = state.withLock { $0.deadAgain }
    fate.done = targets.count - fate.deadAgain
    return fate
  }

  func close() async {}
}
