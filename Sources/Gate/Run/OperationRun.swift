import OpsModel

/// Works an operation off in batches.
struct OperationRun {
  let plan: Plan
  let actuator: any Actuator
  let permit: Permit
  let clock: any OpsClock
  var sizer: BatchSizer
  let control: OperationControl
  let witness: (any BatchWitness)?
  let progress: @Sendable (OperationProgress) -> Void
  private var targets: TargetList
  private var counts = ReceiptCounts()
  private var problems: [Receipt] = []
  /// The first few that were moved, for the look after them.
  private var moved: [Target] = []
  private var answers: [(from: SafeText, text: SafeText)] = []
  private var document: [UInt8]?
  private var began: Moment
  private var toldAt: Moment?
  /// Seconds of pause that the batches so far still ask for.
  private var owed = 0.0

  init(
    plan: Plan, actuator: any Actuator, permit: Permit, clock: any OpsClock, sizer: BatchSizer, control: OperationControl,
    witness: (any BatchWitness)?,
    progress: @escaping @Sendable (OperationProgress) -> Void
  ) {
    self.plan = plan
    self.actuator = actuator
    self.permit = permit
    self.clock = clock
    self.sizer = sizer
    self.control = control
    self.witness = witness
    self.progress = progress
    targets = plan.operation.verb == .restore ? TargetList(plan.operation.records.map(\.target)) : plan.operation.targets
    if targets.isEmpty { targets.append(Target(scope: [], key: [], version: Version(0))) }
    began = clock.now()
  }

  /// Only what stands in the quarantine file is touched; the others have their receipts already.
  mutating func keep(only captured: TargetList, left: [Receipt]) {
    for receipt in left { counts[receipt.outcome] += 1 }
    problems += left.prefix(OperationResult.problemLimit)
    targets = captured
  }

  /// So many targets are in the quarantine file.
  func tellQuarantine(_ done: Int) {
    progress(
      OperationProgress(
        stage: .quarantine, counts: ReceiptCounts(), total: plan.operation.count, seconds: clock.now().age(since: began), batch: done,
        held: 0))
  }

  mutating func go() async -> OperationResult {
    began = clock.now()
    var at = 0
    if let staging = plan.operation.staging, targets.count > staging.first {
      // What was gone already tells nothing: others are taken in its place.
      while moved.count < staging.first, at < targets.count {
        let next = min(at + staging.first - moved.count, targets.count)
        if let end = await run(&at, until: next, stage: .first) { return result(end) }
      }
      if at < targets.count, let end = await watch(staging) { return result(end) }
    }
    let end = await run(&at, until: targets.count, stage: .rest) ?? .whole
    return result(end)
  }

  /// Batches that are under way at once: without pauses the next one is on its way while the server works.
  private var depth: Int { plan.operation.pace == .max && witness == nil ? 2 : 1 }

  /// - Returns: why it ended before `end`; nil where it did not.
  private mutating func run(_ at: inout Int, until end: Int, stage: OperationProgress.Stage) async -> OperationResult.End? {
    var underWay: [(batch: Batch, report: Task<Result<BatchReport, Failure>, Never>)] = []
    var broken: Failure?
    while true {
      while broken == nil, !control.isStopped, underWay.count < depth, at < end {
        let range = at..<min(at + sizer.size, end)
        let batch = Batch(operation: plan.operation, targets: targets[range], records: records(range))
        if let witness, await !witness.intends(batch.targets) {
          control.stop()
          break
        }
        underWay.append((batch, start(batch)))
        at = range.upperBound
      }
      guard !underWay.isEmpty else { break }
      let (batch, report) = underWay.removeFirst()
      let known = await report.value
      if let witness, await !witness.did(batch.targets, known) { control.stop() }
      switch known {
      case .success(let report):
        take(report, batch)
        tell(stage, batch.targets.count, report.held, isLast: at == end && underWay.isEmpty)
        sizer.learn(batch.targets.count, held: report.held)
        if let failure = report.failure { broken = broken ?? failure }
        if at < end, broken == nil { await pause(batch.targets.count, report.held) }
      case .failure(let failure):
        take(failure, batch)
        broken = broken ?? failure
      }
    }
    if let broken { return .broken(broken) }
    return at < end ? .stopped : nil
  }

  private func start(_ batch: Batch) -> Task<Result<BatchReport, Failure>, Never> {
    let (actuator, permit) = (actuator, permit)
    return Task {
      do throws(Failure) { return .success(try await actuator.perform(batch, permit)) } catch { return .failure(error) }
    }
  }

  private func records(_ range: Range<Int>) -> [QuarantineRecord] {
    let all = plan.operation.records
    return all.isEmpty ? [] : Array(all[range])
  }

  private mutating func take(_ report: BatchReport, _ batch: Batch) {
    for (index, outcome) in report.outcomes.enumerated() {
      counts[outcome] += 1
      if outcome == .moved, moved.count < plan.operation.staging?.first ?? 0 { moved.append(batch.targets[index]) }
      if outcome != .moved && problems.count < OperationResult.problemLimit {
        problems.append(Receipt(target: batch.targets[index], outcome: outcome, reason: report.reasons[index]))
      }
    }
    answers += report.answers
    document = document ?? report.document
  }

  /// A refusal by the server changed nothing; anything else leaves it open what became of the batch.
  private mutating func take(_ failure: Failure, _ batch: Batch) {
    let outcome = Outcome(after: failure)
    counts[outcome] += batch.targets.count
    for target in batch.targets.prefix(OperationResult.problemLimit - problems.count) {
      problems.append(Receipt(target: target, outcome: outcome, reason: failure.what))
    }
  }

  /// Seconds between two tellings.
  private static let every = 0.1

  private mutating func tell(_ stage: OperationProgress.Stage, _ size: Int, _ held: Double, isLast: Bool) {
    let now = clock.now()
    if let toldAt, now.age(since: toldAt) < Self.every, !isLast { return }
    toldAt = now
    progress(
      OperationProgress(
        stage: stage, counts: counts, total: plan.operation.count, seconds: now.age(since: began), batch: size, held: held))
  }

  private mutating func pause(_ count: Int, _ held: Double) async {
    switch plan.operation.pace {
    case .polite:
      // A sleep ends late rather than early; what it took too long is taken off the next one.
      owed += held * Pace.rest
      let start = clock.now()
      await sleep(owed)
      owed = max(-0.005, owed - clock.now().age(since: start))
    case .perSecond(let rate): await sleep(Double(counts.total) / max(rate, 0.001) - clock.now().age(since: began))
    case .max: break
    }
  }

  /// Long pauses end with the operator's stop.
  private func sleep(_ seconds: Double) async {
    let end = clock.now().advanced(by: seconds)
    while !control.isStopped {
      let left = end.steady - clock.now().steady
      if left <= 0 { return }
      try? await Task.sleep(for: .seconds(min(left, 0.2)))
    }
  }

  /// Waits, and looks once a second whether the first ones fail again.
  private mutating func watch(_ staging: Staging) async -> OperationResult.End? {
    let first = moved
    let began = clock.now()
    let end = clock.now().advanced(by: staging.wait)
    var fate = Fate()
    while true {
      if control.isStopped { return .stopped }
      do throws(Failure) { fate = try await actuator.fate(of: first) } catch { return .broken(error) }
      let left = max(0, end.steady - clock.now().steady)
      let now = clock.now()
      progress(
        OperationProgress(
          stage: .watching(fate, left: left), counts: counts, total: plan.operation.count, seconds: now.age(since: began), batch: 0,
          held: 0))
      if Double(fate.deadAgain) > staging.tolerance * Double(first.count) { return .failedAgain(fate) }
      if fate.done == fate.total, now.age(since: began) >= actuator.settles { return nil }
      // What nobody can tell of is no reason to go on.
      if left <= 0 { return fate.done + fate.deadAgain == 0 ? .undecided(fate) : nil }
      await sleep(min(left, 1))
    }
  }

  private func result(_ end: OperationResult.End) -> OperationResult {
    OperationResult(
      end: end, counts: counts, problems: problems, seconds: clock.now().age(since: began), total: plan.operation.count,
      answers: answers, document: document)
  }
}
