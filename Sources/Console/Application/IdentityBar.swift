import Canvas
import OpsModel

/// Line 1: which environment, who, how, how fresh, and the time. The environment stands there at any width, in words.
struct IdentityBar {
  let identity: Identity
  let view: StoreView
  let now: Moment
  /// Who records; nil where that is not known yet.
  var recording: RecordingState?

  private typealias Part = (text: SafeText, style: Style, priority: Int)

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    guard !area.isEmpty else { return }
    var parts: [Part] = [
      ("opsconsole", Style(.title), 5),
      (" \(environment) ", environmentStyle, 0),
      ("\(identity.user)@\(identity.host.prefix(24))", .plain, 4),
      identity.readOnly == nil ? ("READ-WRITE", Style(.warning), 1) : ("READ-ONLY", Style(.ok), 1),
      freshness,
    ]
    if let company { parts.append(company) }
    var ends = ends
    if let recording, recording != .here { parts = Self.parts(parts, beside: ends[0], area.width) }
    func needed(_ end: [Part]) -> Int { Self.width(of: parts + end) }
    // Who works where, what may be done and who records stay longest; the clock does where there is room.
    while !ends.contains(where: { needed($0) <= area.width }),
      let worst = parts.indices.max(by: { parts[$0].priority < parts[$1].priority }),
      parts[worst].priority > 0
    {
      parts.remove(at: worst)
      if parts.allSatisfy({ $0.priority <= 1 }) { ends += shortEnds }
    }
    parts += ends.first { needed($0) <= area.width } ?? []
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

  /// Why it is not recorded is worth more than the program's name, and than who works where.
  private static func parts(_ all: [Part], beside end: [Part], _ width: Int) -> [Part] {
    for most in [5, 4, 3] {
      let kept = all.filter { $0.priority <= most }
      if Self.width(of: kept + end) <= width { return kept }
    }
    return all
  }

  private static func width(of parts: [Part]) -> Int { parts.reduce(0) { $0 + TextWidth.of($1.text.text) + 3 } - 2 }

  /// The right end of the line, the longest first.
  private var ends: [[Part]] {
    let time: Part = (Calendar.clock(now.unix), .plain, 1)
    guard let recording else { return [[time]] }
    return recording.forms.map { [($0, style(of: recording), 1), time] }
  }

  /// Where the two have no room beside each other.
  private var shortEnds: [[Part]] {
    guard let recording, let short = recording.forms.last else { return [[]] }
    let style = style(of: recording)
    let minute = SafeText(escaping: String(Calendar.clock(now.unix).text.prefix(5)))
    return [[("\(short) \(minute)", style, 1)], [(short, style, 1)], []]
  }

  private func style(of state: RecordingState) -> Style {
    if case .failed = state { return Style(.warning) }
    return Style(state == .here ? .faint : .text)
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
