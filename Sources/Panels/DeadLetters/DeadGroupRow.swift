import Console
import Gate
import OpsModel

/// A group of equal failures, or all orphans of a source.
struct DeadGroupRow: Sendable {
  let id: ResourceID
  let study: DeadStudy
  /// Nil for orphans.
  let group: DeadGroups.Group?

  var source: SafeText { study.source }
  /// What may be with a worker all the same is not called an orphan before the workers were asked.
  var task: SafeText { group?.fingerprint.task ?? (isUnasked ? "in flight" : "orphans") }
  private var isUnasked: Bool { study.orphans.first?.errorType == "unacknowledged" }
  var error: SafeText { group?.fingerprint.errorType ?? study.orphans.first?.errorType ?? "orphan" }
  var message: SafeText { group.map(\.fingerprint.message) ?? study.orphans.first?.message ?? "" }
  var count: Int { group?.count ?? study.orphans.count }
  var first: Double? { group == nil ? study.orphans.compactMap(\.failedAt).min() : group?.first }
  var last: Double? { group == nil ? study.orphans.compactMap(\.failedAt).max() : group?.last }
  var share: Double { group == nil || study.grouped == 0 ? 0 : Double(count) / Double(study.grouped) }

  static func all(_ view: StoreView) -> [DeadGroupRow] {
    view.dead.studies.values.flatMap { study -> [DeadGroupRow] in
      let orphans = study.orphans.isEmpty ? [] : [DeadGroupRow(id: study.orphansID, study: study, group: nil)]
      return orphans + study.groups.filter { $0.count > 0 }.map { DeadGroupRow(id: study.id(of: $0), study: study, group: $0) }
    }
  }

  /// What an action on the whole group means.
  func draft(_ retry: Bool) -> ActionDraft? {
    guard let group else {
      guard retry else { return nil }
      return ActionDraft(.recover, source: source, .targets(TargetList(study.orphans.filter { $0.whyNot == nil }.map(\.target))))
    }
    return ActionDraft(retry ? .retry : .discard, source: source, .selection(DeadSelection(fingerprint: group.fingerprint)))
  }

  var request: DeadListRequest {
    DeadListRequest(
      source: source, selection: DeadSelection(fingerprint: group?.fingerprint), isOrphans: group == nil,
      title: group == nil ? "orphans" : "\(task) \(error)")
  }
}
