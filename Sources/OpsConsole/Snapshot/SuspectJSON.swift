import Console
import OpsModel

/// Probable causes for scripts, the likeliest first.
enum SuspectJSON {
  static func document(_ view: StoreView, environment: Environment, at: Moment) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("schema", .int(1)), ("at", .text(Calendar.stamp(at.unix))), ("environment", .text(SafeText(escaping: environment.rawValue))),
      ("suspects", .array(view.suspects.map(suspect))), ("alerts", .array(view.alerts.map { RuntimeJSON.alert($0) })),
      ("unread", .array(view.sources.filter { !$0.isFresh(at: at) }.map { .text($0.name) })),
    ]
    return .object(fields)
  }

  static func suspect(_ suspect: Suspect) -> JSONText {
    let evidence = suspect.evidence.map { JSONText.object([("text", .text($0.text)), ("source", .optional($0.source))]) }
    let fields: [(StaticString, JSONText)] = [
      ("rule", .text(suspect.rule)), ("title", .text(suspect.title)), ("source", .text(suspect.subject.source)),
      ("subject", .text(SafeText(bytes: suspect.subject.key, limit: 200))),
      ("subject_kind", .text(SafeText(escaping: suspect.subject.kind.rawValue))),
      ("severity", .text(suspect.severity == .critical ? "critical" : "warning")), ("score", .int(suspect.score)),
      ("since", .text(Calendar.stamp(suspect.since))), ("evidence", .array(evidence)), ("advice", .optional(suspect.advice)),
      ("correlation", .bool(suspect.isCorrelation)),
    ]
    return .object(fields)
  }
}
