import ArgumentParser
import Gate
import Glibc
import OpsModel
import Runbooks

/// The process that carries out a run. Started by `runbook run` and by the console, never by hand.
struct RunbookRunnerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "runner", abstract: "Carries out a run.", shouldDisplay: false)

  @OptionGroup var options: SharedOptions
  @Argument var folder: String

  func run() throws {
    ProcessSetup.begin()
    let input = Self.input()
    guard let id = folder.split(separator: "/").last.flatMap({ RunID(String($0)) }) else { throw ExitCode(64) }
    let place = RunFolder(id, in: "/" + folder.split(separator: "/").dropLast().joined(separator: "/"))
    guard Self.holdLock(place) else { throw Self.refused("another runner is at this run", 75) }
    guard let order = RunOrder(document: input) else { throw Self.refused("nobody said what is to be done", 64) }
    let plan = try Self.plan(in: place)
    let runbook = try Self.runbook(in: place, of: plan)
    let maker = try maker(plan, id)
    if case .readOnly(let why) = maker.mode { throw Self.refused("read-only (\(why)): runbooks are not run", 77) }
    let session = RunnerSession(folder: place, order: order, plan: plan, runbook: runbook, maker: maker, clock: maker.clock)
    let code = Blocking.run { await session.run() }
    if code != 0 { throw ExitCode(code) }
  }

  private static func refused(_ why: SafeText, _ code: Int32) -> ExitCode {
    Output.error(why)
    return ExitCode(code)
  }

  /// Held until the process is gone, however it goes. Whoever looks whether a runner is there holds it for a moment.
  private static func holdLock(_ place: RunFolder) -> Bool {
    let lock = open(place.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { return false }
    for _ in 0..<40 {
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(50_000)
    }
    return false
  }

  private static func plan(in place: RunFolder) throws -> RunPlan {
    guard let bytes = FilePaths.bytes(of: place.plan, limit: 64 << 20), var plan = RunPlan(document: bytes),
      let frozen = FilePaths.bytes(of: place.frozen, limit: 64 << 20)
    else { throw refused("the folder of the run does not hold what it must", 66) }
    plan.take(frozen: frozen)
    guard plan.isIntact else { throw refused("the plan in the folder is not the one that was confirmed", 66) }
    return plan
  }

  private static func runbook(in place: RunFolder, of plan: RunPlan) throws -> Runbook {
    guard let text = FilePaths.bytes(of: place.runbook, limit: 1 << 20) else { throw refused("the runbook of the run can not be read", 66) }
    let entry = RunbookLibrary.entry(plan.file, text)
    guard entry.hash == plan.fileHash, case .success(let runbook) = entry.runbook else {
      throw refused("the runbook in the folder is not the one of the plan", 66)
    }
    return runbook
  }

  private func maker(_ plan: RunPlan, _ id: RunID) throws -> GateMaker {
    let variables = SharedOptions.variables
    var named = options
    named.environment = Environment(rawValue: plan.environment) ?? .production
    var maker = GateMaker(
      configuration: try options.load(), options: named, paths: FilePaths(environment: variables), environment: variables,
      clock: SystemClock())
    // Others on the servers see which run acts there.
    maker.presence = Presence(who: maker.actor.name, canWrite: true, run: SafeText(escaping: String(id.text.suffix(8))))
    return maker
  }

  private static func input() -> [UInt8] {
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while out.count < 16 << 20 {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      out += buffer[..<count]
    }
    return out
  }
}
