import OpsModel

/// Before anything is discarded: its bytes go to a file, the file is read back, and only what stands in it is touched afterwards.
struct QuarantineStep {
  /// Targets that are read at once.
  static let chunk = 200
  let folder: String
  let kind: SafeText
  let owner: DataOwner
  let clock: any OpsClock
  let makeFolder: @Sendable (String) -> Bool

  /// What was written, and how many targets were looked at for it: fewer than there are where the operator stopped.
  struct Taken {
    let path: String
    let captured: TargetList
    let examined: Int
    /// Those that were looked at and are not in the file, each with the reason.
    let left: [Receipt]
  }

  /// Why no file can be made there; nil where nothing is known to prevent it.
  static func problem(_ folder: String) -> QuarantineFailure? {
    let code = AuditProbe.folderTrouble(folder + "/file")
    return code == 0 ? nil : .system("no quarantine file can be made in \(SafeText(escaping: folder))", code)
  }

  func write(_ run: OperationRun) async throws(QuarantineFailure) -> Taken {
    guard makeFolder(folder) else { throw .system("making \(SafeText(escaping: folder))", 0) }
    let writer = try QuarantineFile.Writer(folder: folder, operation: run.plan.operation, kind: kind, owner: owner, at: clock.now())
    do throws(QuarantineFailure) { return try await fill(writer, run) } catch {
      writer.abandon()
      throw error
    }
  }

  private func fill(_ writer: QuarantineFile.Writer, _ run: OperationRun) async throws(QuarantineFailure) -> Taken {
    let operation = run.plan.operation
    var captured = TargetList()
    var left: [Receipt] = []
    var bytes = 0
    var at = 0
    while at < operation.targets.count {
      let targets = operation.targets[at..<min(at + Self.chunk, operation.targets.count)]
      let records: [QuarantineRecord?]
      do throws(Failure) {
        records = try await run.actuator.capture(targets)
      } catch {
        throw .system(error.what, 0)
      }
      for case let record? in records {
        bytes += record.parts.reduce(0) { $0 + $1.bytes.count }
        try writer.add(record)
        captured.append(record.target)
      }
      left += try await receipts(zip(targets, records).filter { $1 == nil }.map(\.0), run)
      at += targets.count
      run.tellQuarantine(at)
      try checkRoom(bytes, done: at, of: operation.targets.count)
      if run.control.isStopped { break }
    }
    try writer.finish()
    let read = try QuarantineFile.check(writer.path, against: writer.digests)
    guard read == captured.count else { throw .damaged(SafeText(escaping: writer.path), line: read + 2) }
    return Taken(path: writer.path, captured: captured, examined: at, left: left)
  }

  /// One that could be discarded now was another thing when its bytes were read.
  private func receipts(_ targets: [Target], _ run: OperationRun) async throws(QuarantineFailure) -> [Receipt] {
    guard !targets.isEmpty else { return [] }
    do throws(Failure) {
      return try await run.actuator.verdicts(on: targets, of: run.plan.operation.verb).map {
        $0.outcome == .moved ? Receipt(target: $0.target, outcome: .changed) : $0
      }
    } catch {
      throw .system(error.what, 0)
    }
  }

  /// What is still to come is taken to be like what came; base64 and names make it half as large again, and it must fit twice.
  private func checkRoom(_ bytes: Int, done: Int, of total: Int) throws(QuarantineFailure) {
    guard let free = QuarantineFile.room(in: folder) else { return }
    let left = Int(Double(bytes) * 1.5 * Double(total - done) / Double(max(1, done)))
    if free < 2 * left + 1_048_576 { throw .disk(needed: left, free: free) }
  }
}
