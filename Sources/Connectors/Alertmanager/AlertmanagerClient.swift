import OpsModel

/// The API of Alertmanager, version 2.
struct AlertmanagerClient: Sendable {
  let link: HTTPLink

  func list(_ path: String) async throws(Failure) -> [JSONScan.Slice] {
    let answer = try await link.get("/api/v2" + path)
    guard (200..<300).contains(answer.status) else { throw HTTPFailure.of(answer, link.address) }
    guard let list = JSONScan.array(answer.body) else { throw .garbage(beginning: answer.body) }
    return list
  }

  /// Version, and when it was started. The rest, its configuration among it, is not kept.
  func status() async throws(Failure) -> (version: SafeText, started: SafeText) {
    let answer = try await link.get("/api/v2/status")
    guard (200..<300).contains(answer.status) else { throw HTTPFailure.of(answer, link.address) }
    guard let fields = JSONScan.object(answer.body) else { throw .garbage(beginning: answer.body) }
    let version = fields["versionInfo"].flatMap { JSONScan.object($0) }?["version"]
    return (AlertLabels.text(version) ?? "?", AlertLabels.text(fields["uptime"]) ?? "?")
  }
}
