/// Speaks with one source and only looks: nothing behind this protocol changes anything on a server.
public protocol Connector: Sendable {
  static var kind: ConnectorKind { get }

  /// Reads the source once. Every step inside has a deadline; the call ends within a few seconds whatever the server does.
  /// - Throws: `Failure`.
  func observe() async throws(Failure) -> Observation

  /// A cheap sign of life without a login: true when the server at the address answers anything.
  /// Asked between attempts, so that a long back-off does not hide that a server has returned.
  func knock() async -> Bool

  /// Ends the connection. The connector is not used afterwards.
  func close() async
}

/// A connector that learns part of what it tells by listening.
public protocol ListeningConnector: Connector {
  /// Waits until everything that only listening can tell was heard once, but a few seconds at most.
  func listen() async
}

/// A connector that reads a part of what it tells less often while nobody looks at it.
public protocol AttentiveConnector: Connector {
  /// Somebody looks, and will for half a minute at least.
  func attend() async
}

/// A connector that can show what waits in a queue.
public protocol WaitingTaskReader: Connector {
  /// The next and the newest waiting tasks of a queue, at most `window` of each.
  func waitingTasks(of queue: ResourceID, window: Int) async throws(Failure) -> WaitingTasks
}
