import Foundation
import Synchronization

/// Scenes that several tests of a suite look at: made when the first of them asks, ended when the process ends.
///
/// A test that changes a shared scene puts it back, or asks for its own by `LiveScene.during`. The scripts end with
/// their standard input: also when this process crashes.
actor SharedScenes {
  static let all = SharedScenes()

  /// What is to be ended. Outside of the actor, since the end of a process waits for nobody.
  private static let standing = Mutex<[LiveScene]>([])
  private static let registered: Void = { atexit { SharedScenes.endAll() } }()

  private var made: [[String]: Task<LiveScene, any Error>] = [:]

  /// The scene of this script with these arguments. One that could not be made fails every test that asks.
  func scene(_ script: String, _ arguments: [String], variables: [String]) async throws -> LiveScene {
    let key = variables + [script] + arguments
    if let known = made[key] { return try await known.value }
    let task = Task {
      let scene = try await LiveScene.start(script, arguments, variables)
      _ = Self.registered
      Self.standing.withLock { $0.append(scene) }
      return scene
    }
    made[key] = task
    return try await task.value
  }

  /// Tells all of them at once, so that they end side by side.
  private static func endAll() {
    let scenes = standing.withLock { $0 }
    for scene in scenes { scene.closeInput() }
    for scene in scenes { scene.awaitEnd() }
  }
}
