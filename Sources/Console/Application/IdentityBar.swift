import Canvas
import OpsModel

/// Line 1: which environment, who, how, how fresh, and the time. The environment stands there at any width, in words.
struct IdentityBar {
  let identity: Identity
  let mode: ModeMark
  let view: StoreView
  let now: Moment

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    guard !area.isEmpty else { return }
    let clock = Calendar.clock(now.unix)
    var parts: [Part] = [
      ("opsconsole", Style(.title), 5),
      (" \(environment) ", environmentStyle, 0),
      ("\(identity.user)@\(identity.host.prefix(24))", .plain, 4),
      (mode.forms[0], mode.style, -1),
      freshness,
    ]
    if let company { parts.append(company) }
    parts += [
      (clock, .plain, 1)
    ]
    fit(&parts, width: area.width)
    var x = area.x + (parts.count > 1 ? 1 : 0)
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1 && index > 0
      if isLast {
        canvas.put(part.text, x: area.x, y: area.y, width: area.width - 1, style: part.style, align: .right)
      } else {
        x += canvas.put(part.text, x: x, y: area.y, width: max(0, area.endX - x), style: part.style)
        if index < parts.count - 2 { x += canvas.put(canvas.glyphs.separator, x: x, y: area.y, style: Style(.border)) }
      }
    }
  }

  private typealias Part = (text: SafeText, style: Style, priority: Int)

  /// Environment and mode stand at every size. Why nothing can be changed is worth more than who works where, and than the clock; that the
  /// numbers are fresh is worth more than the whole of the reason.
  private func fit(_ parts: inout [Part], width: Int) {
    let forms = mode.forms
    func needed() -> Int { parts.reduce(0) { $0 + TextWidth.of($1.text.text) } + 3 * max(0, parts.count - 1) + 1 }
    func drop(_ priority: Int) { if needed() > width { parts.removeAll { $0.priority == priority } } }
    func say(_ text: SafeText) { if let place = parts.firstIndex(where: { $0.priority < 0 }) { parts[place].text = text } }
    for priority in [5, 4, 3] { drop(priority) }
    if needed() > width, forms.count > 3 { say(forms[1]) }
    let whole = parts
    drop(1)
    if needed() > width, forms.count > 2 {
      let reason = forms[forms.count - 3]
      say("")
      let room = width - needed()
      say(room > 20 ? TextWrap.middle(reason, width: room) : forms[forms.count - 2])
    }
    if needed() > width, forms.count == 2 { parts = whole }
    for priority in [2, 1] { drop(priority) }
    if needed() > width, let last = forms.last { say(last) }
    drop(-1)
  }

  private var environment: SafeText {
    identity.label.isEmpty ? identity.environment.word : "\(identity.environment.word) \(identity.label.prefix(16))"
  }

  private var environmentStyle: Style {
    switch identity.environment {
    case .production: Style(.production)
    case .staging: Style(.staging)
    case .development: Style(.development)
    }
  }

  /// Other consoles at the same servers, each once.
  private var company: (text: SafeText, style: Style, priority: Int)? {
    var others: [SafeText: Presence] = [:]
    for one in view.sources.flatMap({ $0.reading.value?.company ?? [] }) where one.isActing || others[one.run] == nil {
      others[one.run] = one
    }
    let sorted = others.values.sorted { ($0.isActing ? 0 : 1, $0.who) < ($1.isActing ? 0 : 1, $1.who) }
    guard let first = sorted.first else { return nil }
    let what: SafeText = first.isActing ? "acting" : (first.canWrite ? "rw" : "ro")
    let more: SafeText = sorted.count > 1 ? " +\(sorted.count - 1)" : ""
    return ("\(sorted.count + 1) here: \(first.who.prefix(24)) (\(what))\(more)", Style(first.isActing ? .warning : .text), 3)
  }

  private var freshness: (text: SafeText, style: Style, priority: Int) {
    var fresh = 0
    for place in view.sources.indices where view.sources[place].isFresh(at: now) { fresh += 1 }
    let others = view.sources.count - fresh
    if view.sources.isEmpty { return (view.isDiscovering ? "looking for sources" : "no source", Style(.warning), 2) }
    if others == 0 { return ("\(fresh) fresh", Style(.ok), 2) }
    return ("\(fresh) fresh \(others) stale", Style(.warning), 2)
  }
}
