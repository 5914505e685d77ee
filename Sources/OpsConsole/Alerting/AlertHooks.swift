import Console
import Glibc
import OpsModel
import Subprocess
import SystemPackage

/// Runs the program of a severity when an alert begins: path and arguments as configured, no shell, the alert as JSON on its standard
/// input. One at a time; what would have to wait behind too many is dropped, and said.
actor AlertHooks {
  /// Seconds that a program may take.
  static let deadline = 10.0
  private static let waitingLimit = 32

  private let programs: [Severity: [String]]
  private let say: @Sendable (Notice) -> Void
  private let clock: PacedClock
  private var waiting: [(argv: [String], input: String)] = []
  private var isRunning = false

  init(programs: [Severity: [String]], clock: PacedClock, say: @escaping @Sendable (Notice) -> Void) {
    self.programs = programs
    self.clock = clock
    self.say = say
  }

  /// What began and is not kept quiet.
  func take(_ changes: [AlertChange]) async {
    for change in changes where change.kind == .fired && change.alert.quiet == nil {
      guard let argv = programs[change.alert.severity] else { continue }
      guard waiting.count < Self.waitingLimit else {
        say(Notice(.warning, "\(SafeText(escaping: argv[0])) is not run for \(change.alert.name): \(waiting.count) wait for it already"))
        continue
      }
      waiting.append((argv, Hiding.process.text(RuntimeJSON.alert(change.alert).compact()) + "\n"))
    }
    await work()
  }

  private func work() async {
    guard !isRunning else { return }
    isRunning = true
    defer { isRunning = false }
    while !waiting.isEmpty {
      let next = waiting.removeFirst()
      if let problem = await run(next.argv, next.input) { say(Notice(.warning, "\(SafeText(escaping: next.argv[0])) \(problem)")) }
    }
  }

  /// A pipe that holds all of it already: a program that does not read it leaves nobody writing.
  private static func pipe(holding text: String) -> Int32? {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // A pipe holds 64 KiB: it is written without waiting.
    let bytes = Array(text.utf8.prefix(60_000))
    _ = bytes.withUnsafeBytes { Glibc.write(ends[1], $0.baseAddress, $0.count) }
    Glibc.close(ends[1])
    return ends[0]
  }

  /// - Returns: what went wrong.
  private func run(_ argv: [String], _ input: String) async -> SafeText? {
    guard let pipe = Self.pipe(holding: input) else { return "could not be run: no file is free" }
    let limit = clock.machineSeconds(Self.deadline)
    do {
      return try await withThrowingTaskGroup(of: SafeText?.self) { group in
        group.addTask {
          let done = try await Subprocess.run(
            .path(FilePath(argv[0])), arguments: Arguments(Array(argv.dropFirst())), platformOptions: .ownSession,
            input: .fileDescriptor(FileDescriptor(rawValue: pipe), closeAfterSpawningProcess: true), output: .discarded,
            error: .discarded)
          return done.terminationStatus.isSuccess ? nil : "failed: \(SafeText(escaping: "\(done.terminationStatus)"))"
        }
        group.addTask {
          try await Task.sleep(for: .seconds(limit))
          return "did not end in \(Units.duration(Self.deadline)) and was ended"
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
      }
    } catch {
      return "could not be run"
    }
  }
}
