/// Every rule about causes. Each names what it saw; one whose numbers are not known says nothing.
enum SuspectRules {
  typealias Rule = @Sendable (SuspectScene) -> [Suspect]

  /// What time alone may change: silence, and failures within the last minute.
  static let everySecond: [Rule] = [SilentServer.find, FailingTask.find]

  /// What only new numbers change: these rules walk over thousands of workers and queues.
  static let everyLook: [Rule] = [
    RootBlocker.find, Consumers.find, Producers.find, Slowness.find, RetryStorm.find, Starvation.find, SlowRuntime.find, Downstream.find,
    Scarcity.find,
  ]
}
