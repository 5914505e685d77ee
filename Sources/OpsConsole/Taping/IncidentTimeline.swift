import Console
import Gate
import OpsModel

/// What happened between two times, from the tape and from the audit log, in order.
struct IncidentTimeline {
  struct Entry {
    /// Seconds since 1970.
    let at: Double
    /// `alert-fired`, `operation-intent`, `note`, …
    let kind: SafeText
    let source: SafeText
    let severity: Severity
    let title: SafeText
    let detail: SafeText
    /// `tape`, `audit` or `journal` (of a run).
    let from: SafeText
  }

  /// Of whom it tells: nothing of another environment is in it.
  let owner: DataOwner
  let from: Double
  let until: Double
  let entries: [Entry]
  /// What could not be read, and is missing.
  let gaps: [SafeText]

  init(
    of owner: DataOwner, from: Double, until: Double, events: [TapeEvent], gaps: [SafeText], audit path: String, runs: [Entry]
  ) {
    self.owner = owner
    self.from = from
    self.until = until
    let log = Self.audit(path, of: owner, from: from, until: until)
    let actions = log.entries
    // The audit log tells an operation better than the tape does.
    let told = events.filter { event in
      event.kind != .operation
        || !actions.contains { $0.kind == "operation-outcome" && abs($0.at - event.at) < 3 && $0.source.text.hasSuffix(event.source.text) }
    }
    let seen = told.map { event in
      Entry(
        at: event.at, kind: SafeText(escaping: event.kind.rawValue), source: event.source, severity: event.severity, title: event.title,
        detail: event.detail, from: "tape")
    }
    entries =
      (seen.filter { event in runs.isEmpty || event.kind != "operation" || !event.title.text.hasPrefix("runbook ") } + actions + runs)
      .sorted { $0.at < $1.at }
    self.gaps = gaps + log.gaps
  }

  /// What the audit log of the account has of this environment and label.
  private static func audit(_ path: String, of owner: DataOwner, from: Double, until: Double) -> (entries: [Entry], gaps: [SafeText]) {
    let shown = SafeText(escaping: path)
    guard FilePaths.exists(path) else { return ([], ["there is no audit log at \(shown): operations are those of the tape alone"]) }
    var entries: [Entry] = []
    var unlabelled = 0
    let isRead = AuditReader.lines(of: path) { line in
      guard line.raw("env") == owner.environment.rawValue, let entry = entry(line), entry.at >= from, entry.at <= until else { return true }
      if line.raw("label") == nil, !owner.label.isEmpty {
        unlabelled += 1
      } else if (line.field("label") ?? "") == owner.label {
        entries.append(entry)
      }
      return true
    }
    var gaps: [SafeText] = isRead ? [] : ["cannot read the audit log \(shown): operations are those of the tape alone"]
    if unlabelled > 0 {
      gaps.append("\(Units.count(unlabelled, "record")) of the audit log name no label (an earlier version wrote them) and are left out")
    }
    return (entries, gaps)
  }

  private static func entry(_ line: AuditLine) -> Entry? {
    guard let stamp = line.raw("ts"), let at = Calendar.parse(stamp), let phase = line.field("phase"), phase != "note" else { return nil }
    func word(_ name: String) -> SafeText { line.field(name) ?? "" }
    let what = AuditText.row(line).what
    let counts: SafeText = line.field("counts").map { ", \($0)" } ?? ""
    return Entry(
      at: at, kind: "operation-\(phase)", source: word("target"), severity: phase == "refused" ? .warning : .ok,
      title: "\(word("action")) on \(word("target"))", detail: "\(word("user"))@\(word("host")): \(what)\(counts)", from: "audit")
  }

  // MARK: Writing

  var json: JSONText {
    let environment = SafeText(escaping: owner.environment.rawValue)
    let list = entries.map { entry -> JSONText in
      let fields: [(StaticString, JSONText)] = [
        ("at", .text(Calendar.stampMillis(entry.at))), ("environment", .text(environment)), ("label", .text(owner.label)),
        ("kind", .text(entry.kind)), ("source", .text(entry.source)),
        ("severity", .text(entry.severity == .critical ? "critical" : (entry.severity == .warning ? "warning" : "info"))),
        ("title", .text(entry.title)), ("detail", .text(entry.detail)), ("from", .text(entry.from)),
      ]
      return .object(fields)
    }
    return .object([
      ("schema", .int(1)), ("environment", .text(environment)), ("label", .text(owner.label)),
      ("from", .text(Calendar.stamp(from))), ("to", .text(Calendar.stamp(until))), ("entries", .array(list)),
      ("gaps", .array(gaps.map { .text($0) })),
    ])
  }

  var markdown: [SafeText] {
    let alerts = entries.filter { $0.kind == "alert-fired" }
    let operations = entries.filter { $0.kind == "operation-outcome" || $0.kind == "operation" }
    var lines: [SafeText] = [
      "# Incident in \(Self.cell(owner.title)), \(Calendar.stamp(from)) to \(Calendar.stamp(until))", "",
      "\(Units.count(alerts.count, "alert")) began, \(Units.count(operations.count, "operation")) ended, "
        + "\(Units.count(entries.filter { $0.kind == "note" }.count, "note")). Times are UTC.", "",
    ]
    for gap in gaps { lines += ["> \(gap)", ""] }
    lines += ["| at | environment | what | where | title | detail |", "|---|---|---|---|---|---|"]
    for entry in entries {
      let word: SafeText = entry.severity == .critical ? "**\(entry.kind)**" : entry.kind
      lines.append(
        "| \(Calendar.stamp(entry.at)) | \(Self.cell(owner.name)) | \(word) | \(Self.cell(entry.source)) | \(Self.cell(entry.title)) | \(Self.cell(entry.detail)) |"
      )
    }
    return lines
  }

  /// A bar would end the cell; markup of others shall stay text.
  private static func cell(_ text: SafeText) -> SafeText {
    var out = ""
    for character in text.text {
      if "|<>[]`*_\\".contains(character) { out.append("\\") }
      out.append(character)
    }
    return SafeText(escaping: out)
  }
}
