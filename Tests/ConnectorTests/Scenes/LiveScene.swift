import Foundation
import OpsModel
import Testing

@testable import Connectors

/// A state of a real server, made by a script of `Tests/Live` and held until `end()`.
///
/// Waiting for a process blocks a thread, so it is done on a queue and not where asynchronous work runs.
final class LiveScene: @unchecked Sendable {
  private let process: ChildProcess
  let told: [String: Any]

  /// Addresses of the servers that `make test` started. A missing one fails the test.
  static func variable(_ name: String) throws -> String {
    try #require(ProcessInfo.processInfo.environment[name], "\(name) is not set: run the tests by 'make test', which starts the servers")
  }

  static var redisPort: Int { get throws { try #require(Int(variable("OPSCONSOLE_TEST_REDIS_PORT"))) } }

  /// Runs the script and returns when it says that the state stands.
  static func start(_ script: String, _ arguments: [String], _ variables: [String]) async throws -> LiveScene {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try LiveScene(script, arguments, variables) }) }
    }
  }

  /// Holds the state while `body` runs.
  /// - Parameter variables: `NAME=value`, for the script alone.
  static func during(
    _ script: String, _ arguments: [String], variables: [String] = [], _ body: (LiveScene) async throws -> Void
  ) async throws {
    let scene = try await start(script, arguments, variables)
    do {
      try await body(scene)
    } catch {
      await scene.end()
      throw error
    }
    await scene.end()
  }

  /// The same with a scene that other tests of the suite use as well: what the body changes it puts back.
  static func sharing(
    _ script: String, _ arguments: [String], variables: [String] = [], _ body: (LiveScene) async throws -> Void
  ) async throws {
    try await body(await SharedScenes.all.scene(script, arguments, variables: variables))
  }

  private init(_ script: String, _ arguments: [String], _ variables: [String]) throws {
    let scenes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let tests = scenes.deletingLastPathComponent().deletingLastPathComponent()
    let python = try Self.variable("OPSCONSOLE_TEST_VENV") + "/bin/python"
    process = try ChildProcess(["env"] + variables + [python, tests.appendingPathComponent("Live/\(script)").path] + arguments)
    let line = Data(try #require(process.line(), "\(script) did not come to stand"))
    told = try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
  }

  /// Hands the script a command and returns what it answers.
  @discardableResult
  func ask(_ command: String) async throws -> [String: Any] {
    let line = try #require(
      await withCheckedContinuation { (continuation: CheckedContinuation<[UInt8]?, Never>) in
        DispatchQueue.global().async {
          self.process.tell(command)
          continuation.resume(returning: self.process.line())
        }
      }, "no answer to \(command)")
    nonisolated(unsafe) let answer = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    if let error = answer["error"] { Issue.record("\(command): \(error)") }
    return answer
  }

  /// The first value of the first row of a statement, as text.
  func value(_ sql: String) async throws -> String {
    let rows = try #require(try await ask("sql \(sql)")["rows"] as? [[Any]])
    return "\(try #require(rows.first?.first))"
  }

  func text(_ key: String) throws -> String { try #require(told[key] as? String) }

  func numbers(_ key: String) throws -> [Int] { try #require(told[key] as? [Int]) }

  func number(_ key: String) throws -> Int { try #require(told[key] as? Int) }

  /// Lets the script undo its state and end.
  func end() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        self.closeInput()
        self.awaitEnd()
        continuation.resume()
      }
    }
  }

  func closeInput() { process.closeInput() }

  func awaitEnd() { process.wait() }
}
