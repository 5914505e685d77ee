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

  let from: Double
  let until: Double
  let entries: [Entry]
  /// What could not be read, and is missing.
  let gaps: [SafeText]

  init(from: Double, until: Double, events: [TapeEvent], isCut: Bool = false, gap: SafeText? = nil, audit path: String, runs: [Entry] = [])
  {
    self.from = from
    self.until = until
    var gaps = gap.map { [$0] } ?? []
    var actions: [Entry] = []
    if FilePaths.exists(path) {
      let isRead = AuditReader.lines(of: path) { line in
        if let entry = Self.entry(line), entry.at >= from, entry.at <= until { actions.append(entry) }
        return true
      }
      if !isRead { gaps.append("the audit log \(SafeText(escaping: path)) can not be read: operations are those of the tape alone") }
    } else {
      gaps.append("there is no audit log at \(SafeText(escaping: path)): operations are those of the tape alone")
    }
    if isCut, let first = events.first {
      gaps.append("there are more events than are listed here: those before \(Calendar.stamp(first.at)) are missing")
    }
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
    self.gaps = gaps
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
    let list = entries.map { entry -> JSONText in
      let fields: [(StaticString, JSONText)] = [
        ("at", .text(Calendar.stampMillis(entry.at))), ("kind", .text(entry.kind)), ("source", .text(entry.source)),
        ("severity", .text(entry.severity == .critical ? "critical" : (entry.severity == .warning ? "warning" : "info"))),
        ("title", .text(entry.title)), ("detail", .text(entry.detail)), ("from", .text(entry.from)),
      ]
      return .object(fields)
    }
    return .object([
      ("schema", .int(1)), ("from", .text(Calendar.stamp(from))), ("to", .text(Calendar.stamp(until))), ("entries", .array(list)),
      ("gaps", .array(gaps.map { .text($0) })),
    ])
  }

  var markdown: [SafeText] {
    let alerts = entries.filter { $0.kind == "alert-fired" }
    let operations = entries.filter { $0.kind == "operation-outcome" || $0.kind == "operation" }
    var lines: [SafeText] = [
      "# Incident \(Calendar.stamp(from)) to \(Calendar.stamp(until))", "",
      "\(Units.count(alerts.count, "alert")) began, \(Units.count(operations.count, "operation")) ended, "
        + "\(Units.count(entries.filter { $0.kind == "note" }.count, "note")). Times are UTC.", "",
    ]
    for gap in gaps { lines += ["> \(gap)", ""] }
    lines += ["| at | what | where | title | detail |", "|---|---|---|---|---|"]
    for entry in entries {
      let word: SafeText = entry.severity == .critical ? "**\(entry.kind)**" : entry.kind
      lines.append(
        "| \(Calendar.stamp(entry.at)) | \(word) | \(Self.cell(entry.source)) | \(Self.cell(entry.title)) | \(Self.cell(entry.detail)) |")
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
