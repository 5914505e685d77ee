import Connectors
import OpsModel
import Synchronization

/// Sources that discovery found. Those of this machine can be asked through the gate as well: there are no other credentials for that.
final class FoundSources: Sendable {
  private let all = Mutex<[SourceSettings]>([])

  func add(_ source: SourceSettings) { all.withLock { $0.append(source) } }

  /// One of this machine.
  func local(_ name: SafeText) -> SourceSettings? {
    all.withLock { $0.first { $0.name == name } }.flatMap { ConnectorCatalogue.kind(named: $0.kind)?.needsURL == false ? $0 : nil }
  }
}
