import Foundation
import OpsModel
import Testing

@testable import Connectors

/// A state of a real server, made by a script of `Tests/Live` and held until `end()`.
///
/// Waiting for a process blocks a thread, so it is done on a queue and not where asynchronous work runs.
final class LiveScene: @unchecked Sendable {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private(set) var told: [String: Any] = [:]

  /// Addresses of the servers that `make test` started. A missing one fails the test.
  static func variable(_ name: String) throws -> String {
    try #require(ProcessInfo.processInfo.environment[name], "\(name) is not set: run the tests by 'make test', which starts the servers")
  }

  static var redisPort: Int { get throws { try #require(Int(variable("OPSCONSOLE_TEST_REDIS_PORT"))) } }

  /// Runs the script and returns when it says that the state stands.
  private static func start(_ script: String, _ arguments: [String]) async throws -> LiveScene {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try LiveScene(script, arguments) }) }
    }
  }

  /// Holds the state while `body` runs.
  static func during(_ script: String, _ arguments: [String], _ body: (LiveScene) async throws -> Void) async throws {
    let scene = try await start(script, arguments)
    do {
      try await body(scene)
    } catch {
      await scene.end()
      throw error
    }
    await scene.end()
  }

  private init(_ script: String, _ arguments: [String]) throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    process.executableURL = URL(fileURLWithPath: try Self.variable("OPSCONSOLE_TEST_VENV") + "/bin/python")
    process.arguments = [tests.appendingPathComponent("Live/\(script)").path] + arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != 0x0A { line += byte }
    told = try #require(JSONSerialization.jsonObject(with: line) as? [String: Any], "\(script) did not come to stand")
  }

  func number(_ key: String) throws -> Int { try #require(told[key] as? Int) }

  /// Lets the script undo its state and end.
  func end() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        try? self.input.fileHandleForWriting.close()
        self.process.waitUntilExit()
        continuation.resume()
      }
    }
  }
}

/// A server process of a test's own, stopped by its pid.
final class OwnServer {
  private let process = Process()

  init(_ program: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  func kill() {
    process.terminate()
    process.waitUntilExit()
  }

  /// A port that is free now.
  static func freePort() async throws -> Int {
    let server = try await ScriptedServer.start(.silent)
    await server.stop()
    return server.port
  }
}
