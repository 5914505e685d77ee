/// A server process of a test's own, stopped by its pid.
final class OwnServer {
  private let process: ChildProcess

  init(_ program: String, _ arguments: [String]) throws { process = try ChildProcess([program] + arguments) }

  func kill() {
    process.kill()
    process.wait()
  }

  /// A port that is free now.
  static func freePort() async throws -> Int {
    let server = try await ScriptedServer.start(.silent)
    await server.stop()
    return server.port
  }
}
