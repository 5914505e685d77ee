import Canvas
import OpsModel

/// How old the numbers of every source are, in a few lines; what is not fresh comes first, and says why.
struct SourceStrip {
  struct Part {
    let text: SafeText
    let style: Style
  }

  let view: StoreView
  let now: Moment

  /// - Parameter most: lines; the last of them tells how many sources have no room.
  func lines(width: Int, most: Int) -> [[Part]] {
    let all = lines(width: width)
    guard all.count > most else { return all }
    let note = 16
    let short = lines(width: width - note)
    let shown = Array(short.prefix(most))
    let missing = short.dropFirst(most).reduce(0) { $0 + $1.count }
    let more = Part(text: "and \(Units.count(missing)) more", style: Style(.warning))
    return shown.dropLast() + [(shown.last ?? []) + [more]]
  }

  private func lines(width: Int) -> [[Part]] {
    var lines: [[Part]] = []
    var line: [Part] = []
    var used = 0
    for part in parts {
      let needed = TextWidth.of(part.text.text)
      if used > 0 && used + needed > width {
        lines.append(line)
        line = []
        used = 0
      }
      line.append(part)
      used += needed
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private var parts: [Part] {
    let stale = view.sources.filter { !$0.isFresh(at: now) }
    let fresh = view.sources.filter { $0.isFresh(at: now) }
    let bad = stale.map { source -> Part in
      let age: SafeText = source.age(at: now).map { "STALE \(Units.age($0))" } ?? (source.reading.failure == nil ? "waiting" : "DOWN")
      return Part(text: "○ \(source.name) \(age)  ", style: Style(.warning))
    }
    let good = fresh.map { source in Part(text: "● \(source.name) \(Units.age(source.age(at: now) ?? 0))  ", style: Style(.ok)) }
    return bad + good
  }
}
