import Console
import OpsModel
import Runbooks

/// Runs of this account as events of the tape: begun, paused, taken up, ended; whoever carries them out.
final class RunWatch {
  /// Runs that are watched: older ones have nothing new to tell.
  private static let most = 20
  /// Pieces of a long journal that are read in one look.
  private static let pieces = 8

  private let folder: String
  /// Runs of others belong onto other tapes.
  private let environment: Environment
  private let configuration: String
  /// What happened before is no news.
  private let since: Double
  private var known: [RunID: (tail: JournalTail, plan: RunPlan?)] = [:]

  init(_ paths: FilePaths, since unix: Double, of environment: Environment, configuration: String?) {
    self.environment = environment
    self.configuration = configuration ?? ""
    folder = paths.runFolder
    since = unix
  }

  func look() -> [TapeEvent] {
    var events: [TapeEvent] = []
    let newest = RunFolder.all(in: folder, limit: Self.most)
    for run in newest {
      guard known[run.id] != nil || isNew(run) else { continue }
      let entry = known[run.id] ?? (JournalTail(run.journal), nil)
      var records = entry.tail.next()
      for _ in 0..<Self.pieces where entry.tail.isBehind { records = records.filter { $0.step.isEmpty } + entry.tail.next() }
      let plan = entry.plan ?? (records.isEmpty ? nil : FilePaths.bytes(of: run.plan, limit: 16 << 20).flatMap { RunPlan(document: $0) })
      known[run.id] = (entry.tail, plan)
      guard let plan, plan.environment == environment.rawValue, plan.configuration == configuration else { continue }
      events += records.filter { $0.at >= since }.compactMap { Self.event($0, plan, run) }
    }
    let names = Set(newest.map(\.id))
    known = known.filter { names.contains($0.key) }
    return events
  }

  /// A journal that was written last before we came is not read: its chain may be long, and it has no news.
  private func isNew(_ run: RunFolder) -> Bool { FilePaths.changed(run.journal).map { Double($0) / 1e9 >= since } ?? false }

  private static func event(_ record: JournalRecord, _ plan: RunPlan, _ run: RunFolder) -> TapeEvent? {
    func text(_ key: String) -> SafeText { if case .text(let text) = record[key] { SafeText(escaping: text, limit: 300) } else { "" } }
    let name = SafeText(escaping: plan.id, limit: 63)
    func event(_ severity: Severity, _ what: SafeText, _ detail: SafeText) -> TapeEvent {
      TapeEvent(
        at: record.at, .operation, severity: severity, "runbook \(name) \(what)",
        detail: "\(detail.isEmpty ? "" : "\(detail); ")run \(run.id.shown)")
    }
    switch record.kind {
    case .runStart: return event(.ok, "begun", "by \(text("by"))")
    case .resume: return event(.ok, "taken up", "by \(text("by"))")
    case .pause: return event(.warning, "paused", text("reason"))
    case .runEnd: return event(text("state") == "succeeded" ? .ok : .warning, text("state"), text("message"))
    default: return nil
    }
  }
}
