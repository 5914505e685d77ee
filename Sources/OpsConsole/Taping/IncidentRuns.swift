import OpsModel
import Runbooks

/// What journals of runs tell of a time: beginnings, decisions, approvals, steps that did not end well, ends.
enum IncidentRuns {
  /// - Parameter configuration: the file that the runs were planned with; nil where it is not known.
  static func entries(_ paths: FilePaths, of environment: Environment, configuration: String?, from: Double, until: Double)
    -> [IncidentTimeline.Entry]
  {
    RunFolder.all(in: paths.runFolder, limit: 500).flatMap { folder -> [IncidentTimeline.Entry] in
      // A name tells when it was made: what came later is of no interest here.
      guard let plan = FilePaths.bytes(of: folder.plan, limit: 16 << 20).flatMap({ RunPlan(document: $0) }), plan.at <= until,
        plan.environment == environment.rawValue, configuration == nil || plan.configuration == configuration,
        let read = JournalReader.read(folder.journal)
      else { return [] }
      return read.records.filter { $0.at >= from && $0.at <= until }.compactMap { entry($0, plan, folder) }
    }
  }

  private static func entry(_ record: JournalRecord, _ plan: RunPlan, _ folder: RunFolder) -> IncidentTimeline.Entry? {
    func text(_ key: String) -> SafeText { if case .text(let text) = record[key] { SafeText(escaping: text, limit: 400) } else { "" } }
    var severity = Severity.ok
    var detail = text("message")
    switch record.kind {
    case .runStart, .resume: detail = "by \(text("by"))"
    case .decision, .approval:
      detail = SafeText.join(
        [text("word"), text("wish"), text("answer"), text("name"), text("message"), text("by")].filter { !$0.isEmpty }, ", ")
    case .pause:
      severity = .warning
      detail = text("reason")
    case .stepOutcome:
      guard let state = RunHistory.StepState(rawValue: text("state").text), !state.isWell else { return nil }
      severity = .warning
      detail = "\(text("state")): \(text("message"))"
    case .runEnd:
      severity = text("state") == "succeeded" ? .ok : .warning
      detail = "\(text("state"))\(detail.isEmpty ? "" : ": \(detail)")"
    default: return nil
    }
    let step = SafeText(escaping: record.step, limit: 200)
    return IncidentTimeline.Entry(
      at: record.at, kind: SafeText(escaping: record.kind.rawValue.replacing(".", with: "-")),
      source: "\(SafeText(escaping: plan.environment))/\(folder.id.shown)",
      severity: severity, title: "runbook \(SafeText(escaping: plan.id))\(step.isEmpty ? "" : ", step \(step)")", detail: detail,
      from: "journal")
  }
}
