import Canvas
import Console
import OpsModel

/// Cells that several tables share.
enum Cells {
  static func count(_ value: Int?, role: Role = .text) -> TableCell {
    guard let value else { return .unknown }
    return TableCell(value < 100_000 ? Units.count(value) : Units.short(Double(value)), Style(value == 0 ? .faint : role))
  }

  static func age(_ seconds: Double?, warn: Double = .infinity, critical: Double = .infinity) -> TableCell {
    guard let seconds else { return .unknown }
    let role: Role = seconds >= critical ? .critical : (seconds >= warn ? .warning : .text)
    return TableCell(Units.age(seconds), Style(role))
  }

  static func text(_ value: SafeText?, role: Role = .text) -> TableCell { value.map { TableCell($0, Style(role)) } ?? .unknown }

  /// How old the numbers of a row are: a plain age while fresh, marked where they are not.
  static func freshness(_ source: SourceView, _ now: Moment) -> TableCell {
    guard let age = source.age(at: now) else { return .unknown }
    return TableCell(Units.age(age), Style(source.isFresh(at: now) ? .faint : .warning))
  }

  static func number(_ value: Int?) -> FilterValue { value.map { .number(Double($0)) } ?? .unknown }
  static func number(_ value: Double?) -> FilterValue { value.map { .number($0) } ?? .unknown }
  static func word(_ value: SafeText?) -> FilterValue { value.map { .text($0) } ?? .unknown }
}

/// A row and the source it came from.
struct Sourced<Value: Sendable>: Sendable {
  let source: SourceView
  let value: Value
}

extension StoreView {
  func sourced<Value>(_ facet: KeyPath<Observation, [Value]>) -> [Sourced<Value>] {
    rows(facet).map { Sourced(source: $0.source, value: $0.row) }
  }

  /// What the sources of a facet have to say, and which of them do not answer.
  func headLines(for facet: Facet, now: Moment) -> [HeadLine] {
    var lines: [HeadLine] = []
    for source in sources {
      let observed = source.reading.value
      if let observed, !observed.facets.contains(facet) { continue }
      if let trouble = source.trouble(at: now), observed != nil || source.reading.failure != nil {
        lines.append(HeadLine("\(source.name): \(trouble)", .warning))
      }
      for notice in observed?.notices ?? [] { lines.append(HeadLine(source.name, notice)) }
    }
    return lines
  }

  /// Why a table is empty: nothing configured, nothing answered yet, or really nothing there.
  func emptyWords(for facet: Facet, nothing: SafeText) -> SafeText {
    if sources.isEmpty { return isDiscovering ? "looking for servers on this host…" : "no source; 1 Pulse says how to add one" }
    if !sources(with: facet).isEmpty { return nothing }
    let waiting = sources.contains { $0.reading.value == nil }
    return waiting ? "nothing was read yet; 1 Pulse says what is missing" : "no source of this kind is configured"
  }
}
