import ArgumentParser
import Console
import Gate
import OpsModel

/// The audit log, for scripts and for people.
enum AuditText {
  private static let fields: [(StaticString, String)] = [
    ("seq", "seq"), ("at", "ts"), ("environment", "env"), ("label", "label"), ("phase", "phase"), ("action", "action"),
    ("target", "target"), ("operation", "op_id"), ("user", "user"),
    ("sudo_user", "sudo_user"), ("host", "host"), ("ssh_client", "ssh_client"), ("reason", "reason"), ("counts", "counts"),
    ("params", "params"), ("before", "before"), ("after", "after"), ("plan_hash", "plan_hash"), ("hash", "hash"),
  ]

  static func json(_ lines: [AuditLine]) -> JSONText {
    let records = lines.map { line in JSONText.object(fields.map { ($0.0, .optional(line.field($0.1))) }) }
    return .object([("schema", .int(1)), ("records", .array(records))])
  }

  /// For the panel.
  static func row(_ line: AuditLine) -> AuditRow {
    func word(_ name: String) -> SafeText { line.field(name) ?? "" }
    return AuditRow(
      sequence: line.sequence ?? 0, at: word("ts"), phase: word("phase"), action: word("action"), target: word("target"),
      operation: word("op_id"), who: "\(word("user"))@\(word("host"))", what: what(line),
      fields: line.names.compactMap { name in line.field(name).map { (SafeText(escaping: name, limit: 40), $0) } })
  }

  /// The sentence of a record: its reason, or whom it was about to meet and what was to happen to them.
  private static func what(_ line: AuditLine) -> SafeText {
    if let reason = line.field("reason") { return reason }
    guard let before = line.raw("before").flatMap({ JSONScan.object(Array($0.utf8)) }) else { return "" }
    // Records of earlier versions name no target.
    return SafeText.join(
      ["target", "moves"].compactMap { JSONScan.string(before[$0]).map { SafeText(bytes: $0, limit: 400) } }, ": ")
  }

  static func lines(_ lines: [AuditLine]) -> [SafeText] {
    SnapshotTable.table(
      ["SEQ", "AT", "PHASE", "ACTION", "TARGET", "OPERATION", "WHO", "WHAT"],
      lines.map { line in
        [
          line.field("seq") ?? "?", line.field("ts") ?? "?", line.field("phase") ?? "?", line.field("action") ?? "?",
          line.field("target") ?? "", line.field("op_id") ?? "", "\(line.field("user") ?? "?")@\(line.field("host") ?? "?")",
          (line.field("reason") ?? line.field("before") ?? "").prefix(100),
        ]
      })
  }

  static func markdown(_ lines: [AuditLine]) -> [SafeText] {
    let head: [SafeText] = [
      "# Operations", "", "| at (UTC) | phase | action | target | operation | who | what |", "|---|---|---|---|---|---|---|",
    ]
    return head
      + lines.map { line in
        let cells: [SafeText] = [
          line.field("ts") ?? "", line.field("phase") ?? "", line.field("action") ?? "", line.field("target") ?? "",
          line.field("op_id") ?? "", "\(line.field("user") ?? "?")@\(line.field("host") ?? "?")",
          line.field("reason") ?? line.field("before") ?? "",
        ]
        // A bar would end the cell.
        let safe = cells.map { SafeText(escaping: $0.text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "/")) }
        return "| \(SafeText.join(safe, " | ")) |"
      }
  }

  static func json(_ verdict: AuditReader.Verdict, _ mismatch: SafeText?, _ standings: [AuditStanding]) -> JSONText {
    .object([
      ("schema", .int(1)), ("intact", .bool(verdict.brokenAt == nil)), ("records", .int(verdict.records)),
      ("broken_at", .optional(verdict.brokenAt)), ("last_seq", .optional(verdict.lastSequence)),
      ("last_hash", .optional(verdict.lastHash.map { SafeText(escaping: $0) })), ("anchor_mismatch", .optional(mismatch)),
      ("intents_without_outcome", .array(standings.filter { !$0.isSettled }.map { .text($0.sentence) })),
      ("settled_intents", .array(standings.filter(\.isSettled).map { .text($0.sentence) })),
    ])
  }

  static func lines(_ verdict: AuditReader.Verdict, _ mismatch: SafeText?, _ standings: [AuditStanding]) -> [SafeText] {
    var lines: [SafeText] = []
    if let broken = verdict.brokenAt {
      lines.append("BROKEN at record \(broken): it, or one before it, was changed, taken out or put in")
    } else {
      lines.append("intact: \(verdict.records) records")
    }
    if let hash = verdict.lastHash { lines.append("last hash \(SafeText(escaping: hash))") }
    if let mismatch { lines.append("anchor: \(mismatch)") }
    lines += standings.filter { !$0.isSettled }.map { "open: \($0.sentence)" }
    lines += standings.filter(\.isSettled).map { "settled: \($0.sentence)" }
    return lines
  }

  /// Why the log does not hold what an anchor saw; nil where it does.
  static func mismatch(anchor: String, audit: String) throws -> SafeText? {
    guard let text = FilePaths.read(FilePaths.expand(anchor), limit: 64 * 1_048_576) else {
      Output.error("\(SafeText(escaping: anchor)) can not be read")
      throw ExitCode(2)
    }
    var wanted: [Int: String] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      let sequence = words.first { $0.hasPrefix("seq=") }.flatMap { Int($0.dropFirst(4)) }
      let hash = words.first { $0.hasPrefix("hash=") }.map { String($0.dropFirst(5)) }
      if let sequence, let hash { wanted[sequence] = hash }
    }
    var missing = wanted
    var different: Int?
    _ = AuditReader.lines(of: audit) { line in
      guard let sequence = line.sequence, let hash = wanted[sequence] else { return true }
      if line.hash == hash { missing[sequence] = nil } else { different = different ?? sequence }
      return true
    }
    if let different { return "record \(different) is not the one that was anchored" }
    if let first = missing.keys.min() { return "record \(first) was anchored and is not in the file" }
    return nil
  }
}
