import Gate
import Glibc
import OpsModel

/// Asks Node processes of this machine by their inspector: opened for a second, closed again.
actor NodeActuator: Actuator {
  /// The argument that asks for a profile of one second as well.
  static let profile = Operation.profileKey
  private static let profileSeconds = 1.0
  /// Seconds between the two looks at the loop's utilisation.
  private static let between = 0.1

  private let clock: any OpsClock

  init(clock: any OpsClock) { self.clock = clock }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    guard operation.targets.count == 1 else {
      throw .declined(.oneProcess("Node process"))
    }
    let inspector = try Self.find(operation.targets[0].key)
    let isOpen = inspector.listening() == .target
    let what: SafeText =
      operation.arguments[Self.profile] == nil ? "for its stack and its memory" : "for its stack and its memory, and samples it for 1 s"
    var out = Rehearsal(
      affected: 1, examined: 1, moves: "asks Node process \(inspector.process.pid) by its inspector \(what)",
      undo: isOpen ? "nothing: its inspector is open already and stays open" : "its inspector is closed again", guarantee: .question,
      place: "this machine",
      account: JVMActuator.account, serverID: "\(inspector.process.pid)-\(inspector.process.started)")
    out.target = "Node process \(inspector.process.pid)"
    out.title = "\(inspector.process.pid)"
    if !isOpen {
      out.warnings.append(
        "SIGUSR1 opens the inspector at 127.0.0.1:\(inspector.port): an application with a handler of its own for it (some reload then) runs that instead"
      )
      out.warnings.append(
        "while it is open, a second or two, whoever has an account on this machine may run code in the process; killing this console then leaves it open"
      )
    }
    out.loses = ["some milliseconds of its time, and lines in its log: Debugger listening, attached, ending"]
    out.keeps = ["its code and its data: nothing is set, and no breakpoint"]
    out.commands = isOpen ? ["Runtime.evaluate"] : ["kill -USR1 \(inspector.process.pid)", "Runtime.evaluate", "inspector.close()"]
    return out
  }

  /// - Throws: `Failure` where it can not be asked, or would die of it.
  private static func find(_ key: [UInt8]) throws(Failure) -> NodeInspector {
    guard let process = LocalProcess.look(key) else { throw .declined(.processGone) }
    guard process.isOurs else {
      throw .permission(what: "asking a process of account \(process.account)", grant: "run as that account, or as root")
    }
    guard ["node", "nodejs"].contains(process.program) else {
      throw .declined(.notNode(Int(process.pid), runs: SafeText(escaping: process.program, limit: 60)))
    }
    guard process.handles(SIGUSR1) else {
      throw .declined(.wouldDie("process \(process.pid)", of: "SIGUSR1", instead: "start node without --disable-sigusr1"))
    }
    let inspector = NodeInspector(process: process)
    guard !inspector.isDisabled else {
      throw .declined(.inspectorDisabled(Int(process.pid)))
    }
    guard inspector.isReachable else {
      throw .declined(.otherNetwork(Int(process.pid)))
    }
    guard inspector.listening() != .other else {
      throw .declined(.portTaken(inspector.port))
    }
    return inspector
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {}

  func end(_ operation: Operation, _ permit: Permit) async {}

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    guard let target = batch.targets.first else { return BatchReport(outcomes: [], held: 0) }
    let began = clock.now()
    let inspector = try Self.find(target.key)
    let opened: Bool?
    do throws(Failure) { opened = try await inspector.open(permit) } catch {
      return BatchReport(outcomes: [.failed], reasons: [0: error.what], held: clock.now().age(since: began))
    }
    guard let isOurs = opened else {
      Task.detached { await inspector.closeWhenItOpens() }
      let why: SafeText =
        "the inspector has not opened within 8 s: the process is inside native code (a synchronous call), or an application's own handler for SIGUSR1 has run instead. It MAY STILL OPEN at 127.0.0.1:\(inspector.port); this console watches for half an hour and closes it then"
      return BatchReport(outcomes: [.failed], reasons: [0: why], held: clock.now().age(since: began), answers: [("INSPECTOR", why)])
    }
    var report: NodeReport?
    var failure: Failure?
    do throws(Failure) { report = try await ask(inspector, isProfiling: batch.operation.arguments[Self.profile] != nil) } catch {
      failure = error
    }
    let isClosed = isOurs ? await inspector.close() : true
    if !isClosed { Task.detached { await inspector.closeWhenItOpens() } }
    let held = clock.now().age(since: began)
    let end: (from: SafeText, text: SafeText) =
      isClosed
      ? ("inspector", isOurs ? "closed again, \(Units.duration(held)) after it was asked for" : "left open, as it was found")
      : (
        "INSPECTOR",
        "STILL OPEN at 127.0.0.1:\(inspector.port): the process has not closed it yet; this console goes on trying for half an hour"
      )
    guard let report else {
      let why = failure?.what ?? "no answer"
      return BatchReport(outcomes: [.failed], reasons: [0: "\(why); inspector \(end.text)"], held: held, answers: [end])
    }
    return BatchReport(outcomes: [.moved], held: held, answers: report.answers + [end], document: report.document)
  }

  private func ask(_ inspector: NodeInspector, isProfiling: Bool) async throws(Failure) -> NodeReport {
    let path = try await inspector.path()
    let inner = Int(inspector.process.inner)
    return try await Self.within(isProfiling ? 6 : 4) {
      try await InspectorSocket.during(inspector.port, path) { session in
        var report = try NodeReport(try await session.evaluate(NodeScripts.look))
        guard report.pid == inner else { throw Failure.declined(.otherProcessAnswers(inspector.port)) }
        if isProfiling {
          _ = try await session.evaluate(NodeScripts.beginDelay)
          _ = try await session.ask("Profiler.enable")
          _ = try await session.ask("Profiler.start")
        }
        let pause = isProfiling ? Self.profileSeconds : Self.between
        try await Task.sleep(for: .seconds(pause))
        report.addUtilisation(try await session.evaluate(NodeScripts.utilisation), over: pause)
        if isProfiling {
          report.add(NodeProfile(try await session.ask("Profiler.stop")))
          _ = try await session.ask("Profiler.disable")
          report.addDelay(try await session.evaluate(NodeScripts.endDelay))
        }
        return report
      }
    }
  }

  private static func within<Result: Sendable>(_ seconds: Double, _ body: @escaping @Sendable () async throws -> Result)
    async throws(Failure) -> Result
  {
    do {
      return try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: body)
        group.addTask {
          try await Task.sleep(for: .seconds(seconds))
          throw Failure.timedOut(what: "the inspector", waited: seconds)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw Failure.closed(address: "the inspector") }
        return first
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .closed(address: "the inspector")
    }
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] { targets.map { _ in nil } }

  func fate(of targets: [Target]) async throws(Failure) -> Fate { Fate() }

  func close() async {}
}
