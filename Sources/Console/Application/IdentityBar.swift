import Canvas
import OpsModel

/// Line 1: which environment, who, what may be done, how fresh, who records, and the time.
///
/// Environment, mode and recorder stand at every width from 40 on, in words. Why nothing can be changed is worth more than who works
/// where, and than the clock.
struct IdentityBar {
  let identity: Identity
  let mode: ModeMark
  let view: StoreView
  let now: Moment
  /// Who records; nil where that is not known yet.
  var recording: RecordingState?

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    guard !area.isEmpty else { return }
    let glyphs = canvas.glyphs
    let label = SafeText(escaping: canvas.spelled(identity.label), limit: 500)
    var fitting = BarFitting(slots: slots(label), width: area.width) { glyphs.columns($0.text) }
    fitting.fit(isLookOnly: mode.isLookOnly, isRecording: recording == .here)
    let slots = fitting.slots
    var x = area.x + (slots.count > 1 ? 1 : 0)
    for (index, slot) in slots.enumerated() {
      if index == slots.count - 1 && index > 0 {
        canvas.put(slot.text, x: area.x, y: area.y, width: area.width - 1, style: slot.style, align: .right)
      } else {
        x += canvas.put(slot.text, x: x, y: area.y, width: max(0, area.endX - x), style: slot.style)
        if index < slots.count - 2 { x += canvas.put(canvas.glyphs.separator, x: x, y: area.y, style: Style(.border)) }
      }
    }
  }

  private func slots(_ label: SafeText) -> [BarSlot] {
    let clock = Calendar.clock(now.unix)
    return [
      BarSlot(.name, ["opsconsole"], Style(.title)),
      BarSlot(.environment, environments(label), environmentStyle),
      BarSlot(.who, ["\(identity.user)@\(identity.host.prefix(24))"], .plain),
      BarSlot(.mode, mode.forms, mode.style),
      freshness,
      company,
      recording.map { BarSlot(.recording, $0.forms, style(of: $0)) },
      BarSlot(.clock, [clock, SafeText(escaping: String(clock.text.prefix(5)))], .plain),
    ].compactMap { $0 }
  }

  private func style(of state: RecordingState) -> Style {
    if case .failed = state { return Style(.warning) }
    return Style(state == .here ? .faint : .text)
  }

  /// The environment is never cut; its label is, in the middle: heads and ends of labels tell them apart.
  private func environments(_ label: SafeText) -> [SafeText] {
    guard !label.isEmpty else { return [" \(identity.environment.word) "] }
    return [60, 24, 12, 7, 4].map { " \(identity.environment.word) \(TextWrap.middle(label, width: $0)) " }
  }

  private var environmentStyle: Style {
    switch identity.environment {
    case .production: Style(.production)
    case .staging: Style(.staging)
    case .development: Style(.development)
    }
  }

  /// Other consoles at the same servers, each once.
  private var company: BarSlot? {
    var others: [SafeText: Presence] = [:]
    for one in view.sources.flatMap({ $0.reading.value?.company ?? [] }) where one.isActing || others[one.run] == nil {
      others[one.run] = one
    }
    let sorted = others.values.sorted { ($0.isActing ? 0 : 1, $0.who) < ($1.isActing ? 0 : 1, $1.who) }
    guard let first = sorted.first else { return nil }
    let what: SafeText = first.isActing ? "acting" : (first.canWrite ? "rw" : "ro")
    let more: SafeText = sorted.count > 1 ? " +\(sorted.count - 1)" : ""
    let text: SafeText = "\(sorted.count + 1) here: \(first.who.prefix(24)) (\(what))\(more)"
    return BarSlot(.company, [text], Style(first.isActing ? .warning : .text))
  }

  private var freshness: BarSlot {
    var fresh = 0
    for place in view.sources.indices where view.sources[place].isFresh(at: now) { fresh += 1 }
    let others = view.sources.count - fresh
    if view.sources.isEmpty { return BarSlot(.freshness, [view.isDiscovering ? "looking for sources" : "no source"], Style(.warning)) }
    if others == 0 { return BarSlot(.freshness, ["\(fresh) fresh"], Style(.ok)) }
    return BarSlot(.freshness, ["\(fresh) fresh \(others) stale", "\(others) stale"], Style(.warning))
  }
}
