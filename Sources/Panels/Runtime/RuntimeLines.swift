import Canvas
import Console
import OpsModel

/// The page of one process, line by line.
struct RuntimeLines {
  let process: ProcessView
  let context: PanelContext

  private var state: RuntimeState { process.state }
  /// What a server told of it alone.
  private var detail: Reading<ProcessDetail> {
    guard let known = context.view.detail, process.ids.contains(known.process) else { return .never }
    return known.reading
  }
  private var width: Int { max(20, context.size.columns - 2) }

  var all: [RuntimeLine] {
    let isOld = !process.ids.contains { context.view.source($0.source)?.isFresh(at: context.now) ?? false }
    func dimmed(_ lines: [RuntimeLine]) -> [RuntimeLine] { isOld ? lines.map { .old($0) } : lines }
    // What is only good to know is not painted as if it were well.
    var verdicts = process.verdicts.flatMap { wrapped($0.sentence, $0.severity == .ok ? .text : PulseColumns.role($0.severity)) }
    if verdicts.isEmpty { verdicts = wrapped("nothing stands out by the numbers that are known", .faint) }
    var out = dimmed(verdicts) + sources + dimmed(facts + charts + collections + pools + members + threads + costs)
    if let failure = detail.failure { out += wrapped("more of it could not be read: \(failure.failure.what)", .warning) }
    for gap in detail.value?.gaps ?? [] { out += wrapped("not read: \(gap)", .warning) }
    for remark in state.remarks { out += wrapped(remark, .faint) }
    return out
  }

  private func wrapped(_ text: SafeText, _ role: Role) -> [RuntimeLine] {
    TextWrap.lines(text, width: width).map { .text(HeadLine($0, role)) }
  }

  private func heading(_ words: SafeText) -> RuntimeLine { .text(HeadLine(words, .title)) }

  /// Who tells of it, and how old that is.
  private var sources: [RuntimeLine] {
    let names = process.ids.compactMap { context.view.source($0.source) }
    let words = names.map { source in
      "\(source.name) (\(source.kind)) \(source.age(at: context.now).map { "\(Units.age($0)) ago" } ?? "never")" as SafeText
    }
    let troubles = names.compactMap { source in
      source.trouble(at: context.now).map { RuntimeLine.text(HeadLine("\(source.name): \($0)", .warning)) }
    }
    return [.fact(label: "told by", value: SafeText.join(words, ", "), role: .text)] + troubles
  }

  private var facts: [RuntimeLine] {
    var out: [RuntimeLine] = []
    func add(_ label: SafeText, _ value: SafeText?) { if let value { out.append(.fact(label: label, value: value, role: .text)) } }
    add("runtime", state.version ?? SafeText(escaping: state.language.rawValue))
    add("process", state.pid.map { pid in "pid \(pid)\(state.host.map { " on \($0)" } ?? "")\(state.account.map { ", \($0)" } ?? "")" })
    add("up", state.startedAt.map { Units.age(context.now.unix - $0) })
    add("group", state.group)
    if let worker = RuntimeLinks.worker(of: process, context.view) {
      add("is worker", "\(worker.name) of \(worker.id.source)\(worker.currentTask.map { ", at \($0)" } ?? "")")
    }
    for listener in state.listeners.prefix(4) {
      let limit: SafeText = listener.limit.map { " of \($0)" } ?? ""
      out.append(
        .fact(
          label: "listens", value: "\(listener.address)  \(listener.backlog)\(limit) wait to be accepted",
          role: listener.backlog > 0 ? .warning : .text))
    }
    return out
  }

  private var charts: [RuntimeLine] {
    guard !process.signals.isEmpty else { return [.text(HeadLine("no number of it is known yet", .faint))] }
    let room = RuntimeLine.room(width)
    let over: SafeText =
      detail.value.map { ", over the last half hour as the server tells it, asked \(Units.age(context.now.age(since: $0.at))) ago" } ?? ""
    return [heading("signals\(over)")]
      + process.signals.all.map { entry in
        let unit = entry.signal.unit
        let id = process.ids.first { context.view.history.has(.signal(entry.signal), of: $0) }
        let interval = id.flatMap { context.view.source($0.source)?.interval } ?? 2
        let told = detail.value?.lines[entry.signal]
        let line =
          told ?? id.map { context.view.history.line(.signal(entry.signal), of: $0, width: room, now: context.now, interval: interval) }
          ?? []
        let range = told.flatMap { Self.range($0) } ?? id.flatMap { context.view.history.range(.signal(entry.signal), of: $0) }
        return .chart(
          label: entry.signal.name, value: entry.value.text(unit), from: entry.value.rung.word, line: line,
          range: range.map { "\(unit.text($0.least)) – \(unit.text($0.most))" } ?? "")
      }
  }

  private static func range(_ line: [Double?]) -> (least: Double, most: Double)? {
    let known = line.compactMap { $0 }
    return known.min().flatMap { least in known.max().map { (least, $0) } }
  }

  private var collections: [RuntimeLine] {
    let all = state.collections.isEmpty ? detail.value?.collections ?? [] : state.collections
    guard !all.isEmpty else { return [] }
    return [heading("collections")]
      + all.map { one in
        var words: [SafeText] = []
        if let total = one.total { words.append("\(Units.count(total)) so far") }
        if let rate = one.rate { words.append(Units.rate(rate)) }
        if let average = one.average { words.append("avg \(Signal.Unit.seconds.text(average))") }
        if let last = one.last { words.append("last \(Signal.Unit.seconds.text(last))") }
        if let share = one.share { words.append("\(Signal.Unit.share.text(share)) of time") }
        if !one.isPause { words.append("beside the work, no pause") }
        return .fact(label: one.name, value: SafeText.join(words, ", "), role: .text)
      }
  }

  private var pools: [RuntimeLine] {
    let all = state.pools.isEmpty ? detail.value?.pools ?? [] : state.pools
    guard !all.isEmpty else { return [] }
    return [heading("pools")]
      + all.map { pool in
        var words: [SafeText] = ["\(pool.active.map { Units.count($0) } ?? "—") busy of \(pool.size.map { Units.count($0) } ?? "—")"]
        if let queued = pool.queued { words.append("\(Units.count(queued)) queued") }
        return .fact(label: pool.name, value: SafeText.join(words, ", "), role: pool.isExhausted ? .warning : .text)
      }
  }

  private var members: [RuntimeLine] {
    guard !state.members.isEmpty else { return [] }
    return [heading("workers")]
      + state.members.prefix(64).map { member in
        var words: [SafeText] = [member.state]
        if let on = member.onRequest { words.append("on its request \(Units.duration(on))") }
        if let requests = member.requests { words.append("\(Units.count(requests, "request"))") }
        if let rss = member.rss, rss > 0 { words.append("\(Units.bytes(rss)) rss") }
        if let beat = member.beat { words.append("beat \(Units.age(beat)) ago") }
        return .fact(label: "pid \(member.pid)", value: SafeText.join(words, ", "), role: member.isBusy ? .text : .faint)
      }
  }

  private var threads: [RuntimeLine] {
    guard !state.threads.isEmpty else { return [] }
    return [heading("threads")]
      + state.threads.map { role in
        .fact(
          label: role.name, value: "\(Units.count(role.count))\(role.cpu.map { ", \(Signal.Unit.cores.text($0)) cores" } ?? "")",
          role: .text)
      }
  }

  private var costs: [RuntimeLine] {
    guard !state.costs.isEmpty else { return [] }
    return [heading("cost")] + state.costs.prefix(20).map { .fact(label: CostWords.name($0), value: CostWords.of($0), role: .text) }
  }
}
