import OpsModel
import Runbooks

/// Everything that is written down of a run, in the order of time.
struct RunStory {
  let view: RunView

  init(_ view: RunView) { self.view = view }

  func print(_ format: OutputFormat) {
    let output = RunOutput.lines(of: view.folder, last: 20_000)
    switch format {
    case .json:
      let records = view.records.map { (record) -> JSONText in
        let fields: [(StaticString, JSONText)] = [
          ("seq", .int(record.sequence)), ("at", .text(Calendar.stampMillis(record.at))),
          ("kind", .text(SafeText(escaping: record.kind.rawValue))),
          ("step", .text(SafeText(escaping: record.step))), ("fields", RunValue.map(record.fields).json),
        ]
        return .object(fields)
      }
      let printed = output.map { JSONText.object([("at", .text($0.at)), ("step", .text($0.step)), ("line", .text($0.text))]) }
      let fields: [(StaticString, JSONText)] = [
        ("schema", .int(1)), ("run", RunText(view).summary), ("plan", PlanText.json(view.plan)), ("journal", .array(records)),
        ("journal_intact", .bool(view.brokenAt == nil)), ("output", .array(printed)),
      ]
      Output.json(.object(fields))
    case .table:
      for line in PlanText.lines(view.plan) { Output.line(line) }
      Output.line("")
      var all = Self.inOrder(view.records.map { (Calendar.stampMillis($0.at), Self.line($0)) })
      all += Self.inOrder(output.map { ($0.at, "    \($0.step)  \($0.text)") })
      for one in all.enumerated().sorted(by: { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }) {
        Output.line("\(one.element.at)  \(one.element.line)")
      }
      if let line = view.brokenAt { Output.error("the journal does not hold at line \(line)") }
    }
  }

  private typealias Told = (place: SafeText, at: SafeText, line: SafeText)

  /// Where a clock was put back, what was written down later still comes later: each line has the place of the latest time before it.
  private static func inOrder(_ lines: [(at: SafeText, line: SafeText)]) -> [Told] {
    var last: SafeText = ""
    return lines.map { at, line in
      last = max(last, at)
      return (last, at, line)
    }
  }

  static func line(_ record: JournalRecord) -> SafeText {
    let words = record.fields.filter {
      !["outputs", "items", "idempotency_key", "choices"].contains($0.key) && $0.value != .null && $0.value != .text("")
    }
    let shown = words.sorted { $0.key < $1.key }.map {
      "\(SafeText(escaping: $0.key)) \(SafeText(escaping: $0.value.argument ?? $0.value.json.compact(), limit: 300))" as SafeText
    }
    var items: SafeText = ""
    if case .list(let list) = record["items"] { items = " \(Units.count(list.count, "item"))" }
    // The record that says how it ends; a run that succeeds has one as well.
    let kind = record.kind == .cancel ? "run.ending" : SafeText(escaping: record.kind.rawValue)
    return
      "\(Units.padded(kind, 13)) \(SafeText(escaping: record.step, limit: 100))\(items)  \(SafeText.join(shown, "; "))"
  }
}
