import Canvas
import Console
import OpsModel

/// The same numbers as lines of text.
struct SnapshotTable {
  let document: SnapshotDocument

  var lines: [SafeText] {
    let view = document.view
    var lines: [SafeText] = ["\(document.environment.word) at \(Calendar.stamp(document.at.unix))"]
    lines += Self.table(
      ["SOURCE", "KIND", "STATE", "TOOK", "NOTE"],
      view.sources.map { source in
        let took: SafeText = source.reading.value.map { Units.duration($0.took) } ?? "—"
        let notes = (source.reading.value?.notices ?? []).map(\.text)
        let note = source.reading.failure.map { $0.failure.sentence(age: nil) } ?? SafeText.join(notes, "; ")
        return [source.name, source.kind, source.reading.word, took, note]
      })
    lines += queues(view) + workers(view) + sessions(view) + processes(view) + alerts(view)
    return lines
  }

  private func queues(_ view: StoreView) -> [SafeText] {
    let rows = view.rows(\.queues).map(\.row).map { queue -> [SafeText] in
      let oldest: SafeText =
        switch queue.oldest {
        case .unknown: "—"
        case .none: "empty"
        case .exact(let seconds): Units.age(seconds)
        case .atLeast(let seconds): "≥\(Units.age(seconds))"
        }
      let growth = document.rates.growth[queue.id].map { Units.rate($0, signed: true) } ?? "—"
      return [
        queue.id.source, queue.name, number(queue.ready), growth, oldest, number(queue.running), number(queue.scheduled),
        number(queue.deferred), number(queue.dead), number(queue.workers),
      ]
    }
    guard !view.sources(with: .queues).isEmpty else { return [] }
    return [""] + Self.table(["SOURCE", "QUEUE", "READY", "GROWTH", "OLDEST", "RUN", "SCHED", "DEFER", "DEAD", "WORKERS"], rows)
  }

  private func workers(_ view: StoreView) -> [SafeText] {
    let rows = view.rows(\.workers).map { (source, worker) -> [SafeText] in
      let beat: SafeText = worker.heartbeatAge.map { Units.age($0) } ?? "—"
      let time: SafeText = worker.onTask.map { Units.age($0) } ?? "—"
      return [source.name, worker.name, SafeText(escaping: worker.activity.rawValue), time, beat, worker.currentTask?.prefix(60) ?? "—"]
    }
    guard !view.sources(with: .workers).isEmpty else { return [] }
    return [""] + Self.table(["SOURCE", "WORKER", "STATE", "ON IT", "BEAT", "TASK"], rows)
  }

  private func sessions(_ view: StoreView) -> [SafeText] {
    let rows = view.rows(\.sessions).map(\.row).map { session -> [SafeText] in
      let time: SafeText = session.relevantAge.map { Units.age($0) } ?? "—"
      let by = SafeText.join(session.blockedBy.prefix(3).map { "\($0)" }, ",")
      return [
        session.id.source, "\(session.pid)", session.state ?? "—", time, session.waitEvent ?? "—", by.isEmpty ? "—" : by,
        "\(session.blocks)",
        session.application ?? "—", session.query?.prefix(70) ?? "—",
      ]
    }
    guard !view.sources(with: .sessions).isEmpty else { return [] }
    return [""] + Self.table(["SOURCE", "PID", "STATE", "TIME", "WAIT", "BY", "BLOCKS", "APPLICATION", "QUERY"], rows)
  }

  private func processes(_ view: StoreView) -> [SafeText] {
    guard !view.sources(with: .runtimes).isEmpty else { return [] }
    let rows = view.processes.map { process -> [SafeText] in
      let shown: [Signal] = [.loopLagP99, .loopUtilisation, .gcTime, .heapUsed, .rss, .cpu, .acceptBacklog]
      let numbers = shown.map { signal in process.signals.reading(signal)?.text(signal.unit) ?? "—" }
      let verdict = process.verdicts.first.map(\.sentence) ?? "—"
      let from = SafeText.join(process.signals.rungs.map(\.word), ",")
      return [
        process.id.source, process.state.name, process.state.pid.map { "\($0)" } ?? "—",
        SafeText(escaping: process.state.language.rawValue),
      ] + numbers
        + [from.isEmpty ? "—" : from, verdict]
    }
    return [""]
      + Self.table(
        ["SOURCE", "PROCESS", "PID", "LANG", "LOOP P99", "UTIL", "GC", "HEAP", "RSS", "CPU", "BACKLOG", "FROM", "VERDICT"], rows)
  }

  private func alerts(_ view: StoreView) -> [SafeText] {
    let all = view.alerts + view.rows(\.alerts).map(\.row)
    guard !all.isEmpty || !view.sources(with: .alerts).isEmpty else { return [] }
    let rows = all.map { alert -> [SafeText] in
      let since = alert.since.map { Units.age(document.at.unix - $0) } ?? "—"
      return [alert.id.source, alert.severity.word, alert.name, SafeText(escaping: alert.state.rawValue), since, alert.summary ?? "—"]
    }
    return [""] + Self.table(["SOURCE", "SEVERITY", "ALERT", "STATE", "SINCE", "SUMMARY"], rows)
  }

  private func number(_ value: Int?) -> SafeText { value.map { "\($0)" } ?? "—" }

  /// Columns as wide as their widest cell; the last is not filled up.
  static func table(_ head: [SafeText], _ rows: [[SafeText]]) -> [SafeText] {
    let all = [head] + rows
    let widths = head.indices.map { column in all.map { TextWidth.of($0[column].text) }.max() ?? 0 }
    return all.map { row in
      var line: [SafeText] = []
      for (column, cell) in row.enumerated() {
        let missing = column == row.count - 1 ? 0 : widths[column] - TextWidth.of(cell.text)
        line.append(cell + SafeText(escaping: String(repeating: " ", count: max(0, missing))))
      }
      return SafeText.join(line, "  ")
    }
  }
}
