import Canvas
import Console
import OpsModel

/// All that is known of one statement: every window side by side, and its whole text.
enum StatementPanel: SheetPanel {
  static let manifest = PanelManifest(
    id: "statement", title: "Database › Statement", summary: "The whole text and all numbers of one statement.", digit: 5,
    wantsAttention: true)

  static let plan: CommandID = "statement.plan"

  static var commands: [Command] {
    [Command(plan, "plan", "Asks for the plan of this statement, without running it.", keys: [Key("v")], footer: 10)] + scrolling
  }

  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText {
    StatementKey(bytes: id.key).map { "id \($0.query)" } ?? "?"
  }

  static func reduce(_ command: CommandID, _ state: inout SheetState, _ context: PanelContext) -> [Request] {
    guard command == plan else { return scroll(command, &state, context) }
    guard let id = state.id, let key = StatementKey(bytes: id.key) else { return [] }
    return [.explain(PlanRequest(source: id.source, statement: .listed(key))), .open(panel: PlanPanel.manifest.id, target: nil)]
  }

  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet? {
    guard let key = StatementKey(bytes: id.key), let log = context.view.source(id.source)?.reading.value?.statements else { return nil }
    var sheet = FactSheet()
    sheet.add("user", log.users[key.user] ?? "oid \(key.user)")
    sheet.add("database", log.databases[key.database] ?? "oid \(key.database)")
    if !key.isTop { sheet.add("level", "called inside a function: its time is in that of its caller too", role: .warning) }
    var shown: Double?
    for seconds in StatementLog.windows {
      let window = log.window(seconds)
      // While little is known the longer windows are all the same.
      if seconds > 60, window.span == shown { continue }
      shown = window.span
      add(window, seconds, key, &sheet)
    }
    sheet.add("statement", log.texts[key].flatMap { $0.isEmpty ? nil : $0 })
    return sheet
  }

  private static func add(_ window: StatementWindow, _ seconds: Double, _ key: StatementKey, _ sheet: inout FactSheet) {
    let label: SafeText = window.span == nil ? "since counting" : "last \(Units.age(seconds))"
    guard let row = window.rows.first(where: { $0.key == key }) else { return sheet.add(label, "did not end in it", role: .faint) }
    let counters = row.counters
    var words: [SafeText] = ["\(Units.count(Int(clamped: counters.calls), "call"))"]
    if let rate = window.perSecond(counters.calls) { words.append(Units.rate(rate)) }
    if let mean = counters.mean, let deviation = counters.deviation {
      words.append("mean \(StatementColumns.ms(mean)) ± \(StatementColumns.ms(deviation))")
    }
    words.append("in all \(Units.duration(counters.total / 1000))")
    if let share = window.share(of: row) { words.append("\(Units.percent(share)) of the load") }
    if row.hasNewLongest { words.append("longest \(StatementColumns.ms(counters.longest))") }
    if counters.planning > 0 { words.append("planning \(Units.duration(counters.planning / 1000))") }
    words.append("\(Units.count(Int(clamped: counters.rows))) rows")
    if let hit = counters.hitShare {
      words.append("\(Units.percent(hit)) of blocks in memory, \(Units.bytes(counters.read * 8192)) from outside")
    }
    if counters.temp > 0 { words.append("\(Units.bytes(counters.temp * 8192)) to temporary files") }
    if counters.wal > 0 { words.append("\(Units.bytes(counters.wal)) of WAL") }
    if row.isRestarted { words.append("counted anew within the window") }
    if let span = window.span, span < seconds * 0.9 { words.append("over \(Units.age(span)) so far") }
    sheet.add(label, SafeText.join(words, ", "))
  }
}
