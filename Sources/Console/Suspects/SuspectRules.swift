/// Every rule about causes. Each names what it saw; one whose numbers are not known says nothing.
enum SuspectRules {
  static let all: [@Sendable (SuspectScene) -> [Suspect]] = [
    SilentServer.find, RootBlocker.find, Consumers.find, Producers.find, Slowness.find, FailingTask.find, RetryStorm.find, Starvation.find,
    SlowRuntime.find, Downstream.find, Scarcity.find,
  ]
}
