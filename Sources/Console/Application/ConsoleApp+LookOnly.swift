import Gate
import OpsModel

/// What cannot be changed now, and why: said before anybody plans.
extension ConsoleApp {
  /// Why nothing at all can be changed.
  var whyNothing: SafeText? { identity.readOnly ?? unrecorded }

  /// The first line: for everything, for all sources that could be changed, or for the one that the cursor is on.
  var mode: ModeMark {
    if identity.readOnly != nil { return .readOnly }
    if let unrecorded {
      let parts = unrecorded.text.split(separator: ":", maxSplits: 1).map { SafeText(escaping: String($0)) }
      return .lookOnly(parts.first ?? unrecorded, detail: parts.count > 1 ? SafeText(escaping: String(parts[1].text.dropFirst())) : "")
    }
    let view = store.view
    let changeable = view.sources.filter { $0.verbs.contains { $0.changesSomething } }
    let reasons = changeable.compactMap { source in whyLookOnly(source).map { (source.name, $0) } }
    if let first = reasons.first, reasons.count == changeable.count {
      return .lookOnly(reasons.count == 1 ? "\(first.0): \(first.1)" : "all \(reasons.count) sources; \(first.0): \(first.1)")
    }
    guard let here = (navigation.top.tableState?.cursor ?? navigation.top.target)?.source,
      let mine = reasons.first(where: { $0.0 == here })
    else { return .readWrite }
    return .lookOnly("\(mine.0): \(mine.1)")
  }

  private func whyLookOnly(_ source: SourceView) -> SafeText? { source.reading.value?.lookOnly?.reason }

  /// Asks for an argument, where what it is for may be planned.
  func ask(_ request: AskRequest) {
    if case .argument(_, let draft) = request.purpose, let why = whyNotPlanned(draft) { return say(Notice(.warning, why)) }
    overlay = .ask(AskPrompt(request))
  }

  func restore(_ source: SafeText) -> [Effect] {
    guard let why = whyNotPlanned(ActionDraft(.restore, source: source, .source)) else { return [.listQuarantine(source)] }
    say(Notice(.warning, why))
    return []
  }

  /// Why this is not even planned; nil where it may be.
  func whyNotPlanned(_ draft: ActionDraft) -> SafeText? {
    if let whyNothing { return "LOOK ONLY: \(whyNothing)" }
    guard draft.verb.changesSomething, let why = store.view.source(draft.source).flatMap({ whyLookOnly($0) }) else { return nil }
    return "LOOK ONLY: \(draft.source): \(why)"
  }
}

extension Verb {
  /// Whether the system it is meant for takes a write by it. The others ask, measure, or speak with a process of this machine.
  var changesSomething: Bool {
    switch self {
    case .analyze, .threadDump, .inspectNode, .ping, .inspect: false
    default: true
    }
  }
}
