import OpsModel
import Testing

/// Against a wait that never ends. A test that passes never waits so long, so this is generous.
let patience = 60.0

/// Waits until the body returns something.
/// - Parameter what: what never came, for the failure.
func eventually<Found>(
  _ what: String, every pause: Duration = .milliseconds(50), sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Found?
) async throws -> Found {
  let began = SystemClock().now()
  while true {
    if let found = try await body() { return found }
    try #require(
      SystemClock().now().age(since: began) < patience, "\(what): not within \(patience) s",
      sourceLocation: sourceLocation)
    try await Task.sleep(for: pause)
  }
}

/// Waits until the condition holds.
func eventually(
  _ what: String, every pause: Duration = .milliseconds(50), sourceLocation: SourceLocation = #_sourceLocation,
  _ holds: () async throws -> Bool
) async throws {
  try await eventually(what, every: pause, sourceLocation: sourceLocation) { () -> Void? in
    try await holds() ? () : nil
  }
}
