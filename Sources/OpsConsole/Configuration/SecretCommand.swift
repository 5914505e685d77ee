import OpsModel
import Subprocess

/// A command that prints a secret, such as that of a password manager.
enum SecretCommand {
  static let deadline = 5.0

  /// The first line of its standard output. It runs in a shell of its own, with no input.
  /// - Parameter deadline: in seconds; shorter in tests.
  /// - Throws: `Failure.settings`; what the command printed is not repeated.
  static func run(_ line: String, deadline: Double = Self.deadline) async throws(Failure) -> String {
    let result: String?
    do {
      result = try await withThrowingTaskGroup(of: String?.self) { group in
        group.addTask {
          let done = try await Subprocess.run(
            .name("sh"), arguments: ["-c", line], platformOptions: .ownSession, output: .string(limit: 65_536), error: .discarded)
          return done.terminationStatus.isSuccess ? done.standardOutput : nil
        }
        group.addTask {
          try await Task.sleep(for: .seconds(deadline))
          throw Failure.settings("the command of a secret did not end in \(Units.duration(deadline))")
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
      }
    } catch {
      throw (error as? Failure) ?? .settings("the command of a secret could not be run")
    }
    let first = result?.split(separator: "\n").first.map(String.init) ?? ""
    guard !first.isEmpty else { throw .settings("the command of a secret failed or printed nothing") }
    return first
  }
}
