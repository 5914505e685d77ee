public import OpsModel

/// Why a runbook is offered for a finding, and what speaks against it.
public struct RunbookFit: Equatable, Sendable {
  public let row: RunbookRow
  /// `answers failing-task, works on orders`
  public let reason: SafeText
  /// The same in a few words, for a list.
  public let brief: SafeText
  /// Nil where nothing speaks against it.
  public let warning: SafeText?

  /// Nil where it does not answer this.
  /// - Parameter sources: names of the sources that the console watches; other connections of a runbook tell nothing.
  init?(_ row: RunbookRow, _ hint: RunbookHint, sources: Set<SafeText>) {
    let place = row.place(answering: hint)
    guard hint.runbooks.contains(row.name) || place != nil else { return nil }
    self.row = row
    let labels = place.flatMap { row.labels[$0] } ?? [:]
    let how: SafeText = hint.runbooks.contains(row.name) ? "named by the rule" : "answers \(place.map { row.alerts[$0] } ?? "")"
    let told = labels.sorted { $0.key < $1.key }.map {
      "\(SafeText(escaping: $0.key, limit: 30)) \(SafeText(escaping: $0.value, limit: 40))" as SafeText
    }
    let with: SafeText = told.isEmpty ? "" : " of \(SafeText.join(told, ", "))"
    let works = row.connections.filter { sources.contains($0) }
    let names = SafeText.join(works, ", ")
    guard let source = hint.source, sources.contains(source), !works.isEmpty, !works.contains(source), labels["source"] == nil else {
      reason = works.isEmpty ? how + with : "\(how)\(with), works on \(names)"
      brief = works.isEmpty ? how : "works on \(names)"
      warning = nil
      return
    }
    brief = "works on \(names), not on \(source)"
    reason = "\(how)\(with), but \(brief)"
    warning = "does not fit: it works on \(names), and this is about \(source)"
  }
}
