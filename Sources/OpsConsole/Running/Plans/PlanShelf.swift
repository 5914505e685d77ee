import Gate
import Glibc
import OpsModel
import Runbooks

/// Plans that were made and wait to be confirmed, each until it is too old.
struct PlanShelf {
  private let folder: String

  init(_ paths: FilePaths) { folder = paths.planFolder }

  private func path(_ hash: String) -> String { "\(folder)/\(hash.prefix(16))" }

  /// Kept without sensitive parameters.
  /// - Returns: why it cannot be kept, and has to be planned again; nil where it is.
  func keep(_ made: PlanMaker.Made) -> WriteFailure? {
    if let problem = FilePaths.folderProblem(folder) { return problem }
    for name in FolderList.names(in: folder) where (FilePaths.changed("\(folder)/\(name)") ?? 0) < (time(nil) - 86_400) * 1_000_000_000 {
      unlink("\(folder)/\(name)")
    }
    let path = path(made.plan.hash)
    let parts = [(".plan", made.plan.document), (".frozen", made.plan.frozenDocument), (".yaml", made.entry.bytes)]
    do throws(WriteFailure) {
      for (ending, bytes) in parts { try FilePaths.save(bytes, new: path + ending) }
      return nil
    } catch {
      // The same plan is there already.
      guard error.code != EEXIST else { return nil }
      for (ending, _) in parts { unlink(path + ending) }
      return error
    }
  }

  /// - Throws: `PlanRefusal` for one that is not there, too old, or of a runbook that was changed since.
  func take(
    _ hash: String, given: [String: [String]]?, open: Set<String> = [], books: RunbookLibrary, now: Moment, by actor: AuditActor,
    configuration: String?
  ) throws(PlanRefusal) -> PlanMaker.Made {
    let path = path(hash)
    guard hash.count >= 16, hash.allSatisfy(\.isHexDigit), let document = FilePaths.bytes(of: path + ".plan", limit: 16 << 20),
      var plan = RunPlan(document: document), let frozen = FilePaths.bytes(of: path + ".frozen", limit: 64 << 20),
      let bytes = FilePaths.bytes(of: path + ".yaml", limit: 1 << 20)
    else { throw .noRunbook("no plan is called \(SafeText(escaping: hash, limit: 64)): opsconsole runbook plan makes one") }
    plan.take(frozen: frozen)
    guard plan.hash.hasPrefix(hash), plan.by.uid == actor.uid else { throw .noRunbook("the plan is not what its name says") }
    let age = plan.age(at: now, boot: actor.boot.text)
    guard age <= plan.life else {
      throw .environment("the plan is \(Units.age(age)) old, more than \(Units.age(plan.life)): plan again")
    }
    guard RunbookLibrary.entry(plan.file)?.hash == plan.fileHash else {
      throw .environment("\(SafeText(escaping: plan.file)) was changed since the plan was made: read it again, and plan anew")
    }
    guard plan.configuration == configuration ?? "", PlanMaker.digest(of: plan.configuration) == plan.configurationHash else {
      throw .environment("the plan was made with another configuration, or with this one before it was changed: plan anew")
    }
    let entry = RunbookLibrary.entry(plan.file, bytes)
    guard case .success(let runbook) = entry.runbook else { throw .noRunbook("the plan's runbook can not be read") }
    let wanted = runbook.parameters.filter(\.isSensitive)
    try PlanMaker.refuse(open, runbook)
    let sensitive: [String: RunValue]
    do throws(ParameterBinding.Problems) { sensitive = try ParameterBinding.bind(given ?? [:], to: wanted) } catch {
      throw .parameters(error.list)
    }
    guard RunPlan.digest(sensitive, salt: plan.sensitiveSalt) == plan.sensitiveDigest else {
      throw .parameters(["the sensitive parameters are not those of the plan"])
    }
    let raises = runbook.allSteps.contains(where: \.raisesConfirmation)
    return PlanMaker.Made(plan: plan, sensitive: sensitive, entry: entry, confirmation: plan.confirmation(raises: raises))
  }
}
