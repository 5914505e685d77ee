import Glibc
public import OpsModel

/// Writes what was done, is done and was not let through: one file per user, chained, on disk before anything happens.
///
/// Every append locks the file, reads the last record, chains to it and waits for the disk; so several consoles of a user share one chain.
public struct AuditLog: Sendable {
  public let path: String
  public let actor: AuditActor
  public let environment: SafeText
  /// What stands beside the environment in the configuration; empty where nothing does.
  public let label: SafeText
  private let clock: any OpsClock

  public init(path: String, actor: AuditActor, environment: SafeText, label: SafeText = "", clock: any OpsClock) {
    self.label = label
    self.path = path
    self.actor = actor
    self.environment = environment
    self.clock = clock
  }

  /// - Returns: the hash of the record.
  @discardableResult
  public func write(_ entry: AuditEntry) throws(AuditFailure) -> String {
    let file = try AuditFile(path: path)
    let tail = file.tail()
    var last = tail.line.map { AuditLine($0) }
    if !tail.torn.isEmpty {
      file.cut(tail.torn.count)
      var note = AuditEntry(action: "recover", phase: .note, operation: "", target: "audit")
      note.reason = "the last write before this was cut short"
      note.params = [("torn_base64", .text(SafeText(escaping: Base64Text.encode(Array(tail.torn.prefix(4096))))))]
      last = AuditLine(try append(note, after: last, to: file).line)
    }
    let record = try append(entry, after: last, to: file)
    // Every fiftieth hash goes to the system's log, which this user can not rewrite: the anchor of `audit verify`.
    let sequence = (last?.sequence ?? 0) + 1
    if sequence % 50 == 0 { Self.anchor(sequence, record.hash) }
    return record.hash
  }

  private func append(_ entry: AuditEntry, after last: AuditLine?, to file: AuditFile) throws(AuditFailure) -> AuditRecord {
    let record = AuditRecord(
      entry, by: actor, environment: environment, label: label, sequence: (last?.sequence ?? 0) + 1,
      previous: last?.hash ?? AuditRecord.genesis,
      at: clock.now())
    guard record.line.utf8.count < AuditRecord.limit else { throw .tooLong }
    try file.append(record.line)
    return record
  }

  /// Sends sequence number and hash of the last record to the system's log.
  public func anchor() {
    guard let line = AuditReader.lastLine(of: path), let sequence = line.sequence, let hash = line.hash else { return }
    Self.anchor(sequence, hash)
  }

  /// What is known is not read again: the file may hold a hundred thousand records.
  private static func anchor(_ sequence: Int, _ hash: String) {
    let text = "opsconsole audit anchor seq=\(sequence) hash=\(hash)"
    text.withCString { pointer in withVaList([pointer]) { vsyslog(LOG_NOTICE | LOG_USER, "%s", $0) } }
  }
}
