import OpsModel
import Synchronization

/// Why a connection ended. Who writes to it after that learns only that it is closed: a TLS handshake can fail before
/// the first command is sent.
final class FirstFailure: Sendable {
  private let kept = Mutex<Failure?>(nil)

  var value: Failure? { kept.withLock { $0 } }

  func set(_ failure: Failure) { kept.withLock { $0 = $0 ?? failure } }
}
