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

  /// How old the numbers of a source are: a plain age while fresh, marked where they are not.
  static func freshness(_ source: SourceView, _ now: Moment) -> TableCell {
    guard let age = source.age(at: now) else { return .unknown }
    return TableCell(Units.age(age), Style(source.isFresh(at: now) ? .faint : .warning))
  }

  /// The age in a row among many. While the source is fresh the line above the table tells the age once for all of them: fifty cells
  /// that count the same seconds would be most of what goes over a slow link.
  static func staleness(_ source: SourceView, _ now: Moment) -> TableCell {
    source.isFresh(at: now) ? TableCell("") : freshness(source, now)
  }

  static func number(_ value: Int?) -> FilterValue { value.map { .number(Double($0)) } ?? .unknown }
  static func number(_ value: Double?) -> FilterValue { value.map { .number($0) } ?? .unknown }
  static func word(_ value: SafeText?) -> FilterValue { value.map { .text($0) } ?? .unknown }
}

/// A row and the source it came from. All rows of a source share one copy of it: there may be thousands.
struct Sourced<Value: Sendable>: Sendable {
  private final class Shared: Sendable {
    let source: SourceView

    init(_ source: SourceView) { self.source = source }
  }

  private let shared: Shared
  let value: Value

  var source: SourceView { shared.source }

  private init(shared: Shared, value: Value) {
    self.shared = shared
    self.value = value
  }

  init(source: SourceView, _ value: Value) { self.init(shared: Shared(source), value: value) }

  /// Rows of several sources; those of one source come together.
  static func rows(_ all: [(source: SourceView, value: Value)]) -> [Sourced] {
    var shared: Shared?
    return all.map { row in
      let known = shared.flatMap { $0.source.name == row.source.name ? $0 : nil } ?? Shared(row.source)
      shared = known
      return Sourced(shared: known, value: row.value)
    }
  }

  static func rows(of source: SourceView, _ values: [Value]) -> [Sourced] {
    let shared = Shared(source)
    return values.map { Sourced(shared: shared, value: $0) }
  }
}

extension StoreView {
  func sourced<Value>(_ facet: KeyPath<Observation, [Value]>) -> [Sourced<Value>] {
    sources.flatMap { Sourced.rows(of: $0, $0.reading.value?[keyPath: facet] ?? []) }
  }

  /// What the sources of a facet have to say, and which of them do not answer.
  func headLines(for facet: Facet, now: Moment) -> [HeadLine] {
    var lines: [HeadLine] = []
    for source in sources where source.facets.contains(facet) {
      let observed = source.reading.value
      if let trouble = source.trouble(at: now), observed != nil || source.reading.failure != nil {
        lines.append(HeadLine("\(source.name): \(trouble)", .warning))
      }
      for notice in observed?.notices ?? [] { lines.append(HeadLine(source.name, notice).dimmed(ifStale: source, now)) }
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
