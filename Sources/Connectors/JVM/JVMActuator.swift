import Gate
import Glibc
import OpsModel

/// Asks JVMs of this machine for a dump of their threads.
actor JVMActuator: Actuator {
  private let clock: any OpsClock

  init(clock: any OpsClock) { self.clock = clock }

  func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal {
    guard operation.targets.count == 1 else { throw .declined(.oneProcess("JVM")) }
    let process = try Self.find(operation.targets[0].key)
    let attach = JVMAttach(process: process)
    var out = Rehearsal(
      affected: 1, examined: 1, moves: "asks JVM \(process.pid) for the stacks of its threads (jcmd Thread.print)", undo: "nothing to undo",
      guarantee: .question,
      place: "this machine", account: Self.account, serverID: "\(process.pid)-\(process.started)")
    out.target = "JVM \(process.pid)"
    out.title = "of JVM \(process.pid)"
    out.loses = ["some milliseconds: all its threads stop while it writes them down, longer with thousands of threads"]
    if !attach.isOpen {
      out.warnings.append(
        "nobody has asked it before: SIGQUIT makes it open its attach socket, and a thread that listens there stays in it")
    }
    out.keeps = ["everything else"]
    return out
  }

  static var account: SafeText {
    guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "uid \(geteuid())" }
    return SafeText(escaping: String(cString: name), limit: 32)
  }

  /// - Throws: `Failure` where it can not be asked, or would die of it.
  private static func find(_ key: [UInt8]) throws(Failure) -> LocalProcess {
    guard let process = LocalProcess.look(key) else { throw .declined(.processGone) }
    guard process.isOurs else {
      throw .permission(what: "asking a JVM of account \(process.account)", grant: "run as that account, or as root")
    }
    guard process.program == "java" || process.program.isEmpty else {
      throw .declined(.notJava(Int(process.pid), runs: SafeText(escaping: process.program, limit: 60)))
    }
    guard JVMAttach(process: process).isOpen || process.handles(SIGQUIT) else {
      throw .declined(.wouldDie("JVM \(process.pid)", of: "SIGQUIT", instead: "start it without -Xrs"))
    }
    return process
  }

  func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) {}

  func end(_ operation: Operation, _ permit: Permit) async {}

  func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport {
    guard let target = batch.targets.first else { return BatchReport(outcomes: [], held: 0) }
    let began = clock.now()
    let process = try Self.find(target.key)
    let text = try await JVMAttach(process: process).run("Thread.print -l", permit)
    return BatchReport(
      outcomes: [.moved], held: clock.now().age(since: began), answers: ThreadDump(text).answers, document: text)
  }

  func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] { targets.map { _ in nil } }

  func fate(of targets: [Target]) async throws(Failure) -> Fate { Fate() }

  func close() async {}
}
