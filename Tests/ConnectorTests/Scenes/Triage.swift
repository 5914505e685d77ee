import Foundation
import OpsModel
import Testing

@testable import Connectors

/// A cluster of its own in a known state, made by `Tests/Live/pg_triage.py`.
enum Triage {
  static func during(_ scenes: [String], _ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.during("pg_triage.py", scenes, body)
  }

  /// A cluster that other tests of the suite use as well.
  static func sharing(_ scenes: [String], _ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.sharing("pg_triage.py", scenes, body)
  }

  static func url(_ scene: LiveScene, _ user: String, database: String? = nil, port: String = "port") throws -> String {
    "postgresql://\(user)@127.0.0.1:\(try scene.number(port))/\(try database ?? scene.text("database"))"
  }

  static func settings(_ scene: LiveScene, _ user: String = "watcher", database: String? = nil, port: String = "port") throws
    -> PostgresSettings
  {
    PostgresSettings(connection: try url(scene, user, database: database, port: port), password: nil)
  }

  static func connector(
    _ scene: LiveScene, _ user: String = "watcher", database: String? = nil, port: String = "port", isEager: Bool = true
  ) throws -> PostgresConnector {
    PostgresConnector(
      name: "main-db", settings: try settings(scene, user, database: database, port: port), isEager: isEager, clock: SystemClock())
  }

  /// One look.
  static func look(_ scene: LiveScene, _ user: String = "watcher", database: String? = nil, port: String = "port") async throws
    -> Observation
  {
    let connector = try connector(scene, user, database: database, port: port)
    let observation = try await connector.observe()
    await connector.close()
    return observation
  }
}
