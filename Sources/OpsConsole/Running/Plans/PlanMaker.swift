import Connectors
import Gate
import Glibc
import OpsModel
import Runbooks

/// Makes the plan of a run: parameters checked, targets frozen, what must hold looked at, each step said with its values. Reads only.
struct PlanMaker: Sendable {
  let configuration: Configuration?
  let books: RunbookLibrary
  let maker: GateMaker
  let gate: Gate
  let paths: FilePaths
  let clock: any OpsClock

  /// A plan, and what it does not hold because it must not be written down.
  struct Made: Sendable {
    var plan: RunPlan
    let sensitive: [String: RunValue]
    let entry: RunbookLibrary.Entry
    let confirmation: RequiredConfirmation
  }

  var isReadOnly: Bool { if case .readOnly = maker.mode { true } else { false } }

  /// - Parameters:
  ///   - given: texts by name.
  ///   - open: names whose values stood in arguments.
  /// - Throws: `PlanRefusal`.
  func make(
    _ name: String, _ given: [String: [String]], open: Set<String> = [], alert: String? = nil
  ) async throws(PlanRefusal) -> Made {
    guard let entry = books.find(name) else {
      throw .noRunbook("no runbook is called \(SafeText(escaping: name, limit: 80)): opsconsole runbook list tells which there are")
    }
    let runbook: Runbook
    switch entry.runbook {
    case .success(let read): runbook = read
    case .failure(let problems): throw .unreadable(problems)
    }
    guard runbook.environments.contains(maker.named) else {
      let names = SafeText.join(runbook.environments.map(\.name), ", ")
      throw .environment(
        "\(SafeText(escaping: runbook.id)) may run in \(names.isEmpty ? "no environment" : names), and this is \(maker.named.name)")
    }
    try Self.refuse(open, runbook)
    let values: [String: RunValue]
    do throws(ParameterBinding.Problems) { values = try ParameterBinding.bind(given, to: runbook.parameters) } catch {
      throw .parameters(error.list)
    }
    return try await make(entry, runbook, values, alert)
  }

  /// Arguments are for everybody to read: a sensitive parameter does not come by them.
  static func refuse(_ open: Set<String>, _ runbook: Runbook) throws(PlanRefusal) {
    let found = runbook.parameters.filter { $0.isSensitive && open.contains($0.name) }
    guard !found.isEmpty else { return }
    throw .parameters(
      found.map { parameter in
        let name = SafeText(escaping: parameter.name)
        return
          "\(name) is sensitive, and every user of this machine can read arguments: put it into a variable, and give --param-env \(name)=VARIABLE"
      })
  }

  /// - Parameter rest: nil for a run that begins at its beginning.
  func make(
    _ entry: RunbookLibrary.Entry, _ runbook: Runbook, _ values: [String: RunValue], _ alert: String?, rest: PlanWork.Rest? = nil
  ) async throws(PlanRefusal) -> Made {
    let hidden = Set(runbook.parameters.filter(\.isSensitive).map(\.name))
    let sensitive = values.filter { hidden.contains($0.key) }
    var plan = head(entry, runbook, values, hidden, alert)
    let secrets: StepSecrets
    do throws(Failure) {
      // Reading a secret may run a program: not where nothing may be run.
      secrets = try await StepSecrets(
        isReadOnly ? [] : runbook.secrets, sensitive: Array(sensitive.values), environment: maker.environment,
        configuration: configuration)
    } catch { throw .failed(error) }
    if runbook.lock.expressions.contains(where: { expression in hidden.contains { expression.names(parameter: $0) } }) {
      throw .parameters(["the lock of this runbook names a sensitive parameter, which others would read: its file has to be changed"])
    }
    var work = PlanWork(maker: self, runbook: runbook, entry: entry, secrets: secrets, values: values, at: plan.at)
    work.rest = rest
    plan.continues = rest?.continuation
    defer { work.removeFiles() }
    do throws(ExpressionProblem) { plan.lock = try runbook.lock.text(in: work.scope) } catch { throw .parameters([error.message]) }
    if plan.lock.isEmpty { plan.lock = "runbook:\(runbook.id)" }
    plan.sensitiveSalt = Operation.newID() + Operation.newID()
    plan.sensitiveDigest = RunPlan.digest(sensitive, salt: plan.sensitiveSalt)
    plan.conditions = await work.conditions()
    LockReach(runbook: runbook, places: places).tell(&plan)
    await work.steps()
    plan.steps = work.out
    plan.frozen = work.frozen.byStep
    plan.count(work.frozen.count)
    plan.called = work.called
    plan.files = work.files
    plan.needsTyping = work.needsTyping
    plan.company = await work.company()
    plan.warnings = [rest?.warning].compactMap { $0 } + work.warnings
    if runbook.onDisconnect == .goOn, Self.killsAtLogout { plan.warnings.append(Self.endsAtLogout) }
    let raises = work.raises || runbook.allSteps.contains(where: \.raisesConfirmation)
    return Made(plan: plan, sensitive: sensitive, entry: entry, confirmation: plan.confirmation(raises: raises))
  }

  private static let endsAtLogout: SafeText =
    "this machine ends all processes of a user at logout (KillUserProcesses=yes): the run ends with your session"

  private func head(
    _ entry: RunbookLibrary.Entry, _ runbook: Runbook, _ values: [String: RunValue], _ hidden: Set<String>, _ alert: String?
  ) -> RunPlan {
    var plan = RunPlan()
    plan.id = runbook.id
    plan.title = runbook.title
    plan.version = runbook.version
    plan.fileHash = entry.hash
    plan.file = entry.file
    plan.environment = maker.named.rawValue
    plan.risk = runbook.risk
    plan.parameters = values.filter { !hidden.contains($0.key) }
    plan.sensitive = hidden.sorted()
    plan.alert = alert
    let actor = maker.actor
    plan.by = RunPlan.Person(name: actor.name.text, uid: actor.uid, loginUID: actor.loginUID)
    plan.by.sudoUID = maker.actor.sudoUID
    plan.configuration = configuration?.file ?? ""
    plan.configurationHash = PlanMaker.digest(of: plan.configuration)
    let now = clock.now()
    plan.at = now.unix
    plan.madeAt = SteadyTime(seconds: now.steady, boot: actor.boot.text)
    plan.life = runbook.planLife
    return plan
  }

  /// Whether logind takes a runner with the login it was started from.
  private static var killsAtLogout: Bool {
    let folders = ["/etc/systemd/logind.conf.d", "/run/systemd/logind.conf.d", "/usr/lib/systemd/logind.conf.d"]
    let files = ["/etc/systemd/logind.conf"] + folders.flatMap { folder in FolderList.names(in: folder).map { "\(folder)/\($0)" } }
    return files.contains { file in
      let text = FilePaths.read(file, limit: 65_536) ?? ""
      return text.split(separator: "\n").contains { $0.filter { $0 != " " }.lowercased() == "killuserprocesses=yes" }
    }
  }

  /// Of a file as it is now; empty where it can not be read.
  static func digest(of path: String) -> String {
    path.isEmpty ? "" : FilePaths.bytes(of: path, limit: 16 << 20).map { RunbookLibrary.hash(of: $0) } ?? ""
  }

  var places: StepPlaces {
    StepPlaces(configuration: configuration, maker: SourceMaker(clock: clock, presence: maker.presence), actor: maker.actor.name.text)
  }

  var approvalFolder: String { configuration?.runbooks.approvals.map { FilePaths.expand($0) } ?? ApprovalFolder.usual }
}
