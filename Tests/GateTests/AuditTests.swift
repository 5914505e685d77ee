import Foundation
import OpsModel
import Testing

@testable import Gate

@Suite("The audit log")
struct AuditTests {
  private func log(_ folder: String) -> AuditLog {
    AuditLog(
      path: folder + "/audit.jsonl", actor: AuditActor(environment: ["SUDO_USER": "operator"], version: "test"), environment: "production",
      clock: SystemClock())
  }

  private func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/opsconsole-audit-\(Operation.newID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func entry(_ number: Int) -> AuditEntry {
    var entry = AuditEntry(
      action: "retry", phase: .outcome, operation: "op-\(SafeText(escaping: "\(number)"))", target: "production/orders")
    entry.reason = SafeText(escaping: "line\n{\"seq\":1}\u{1b}[31m \(number)")
    return entry
  }

  /// The lines of a log with so many records.
  private func lines(of log: AuditLog, records: Int) throws -> [String] {
    for number in 0..<records { try log.write(entry(number)) }
    return try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// Writes these lines in place of the log. Returns the first record that does not hold.
  private func broken(_ lines: [String], _ log: AuditLog) throws -> Int? {
    try (lines.joined(separator: "\n") + "\n").write(toFile: log.path, atomically: true, encoding: .utf8)
    return try #require(AuditReader.verify(log.path)).brokenAt
  }

  @Test("records chain to each other; a changed, a missing and a swapped one are found")
  func chain() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = log(folder)
    let lines = try lines(of: log, records: 20)
    let whole = try #require(AuditReader.verify(log.path))
    #expect(whole.brokenAt == nil && whole.records == 20)
    #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
    #expect(try broken(lines.map { $0.replacingOccurrences(of: "op-7", with: "op-8") }, log) == 8)
    #expect(try broken(lines.enumerated().filter { $0.offset != 5 }.map(\.element), log) == 7)
    var swapped = lines
    swapped.swapAt(3, 4)
    #expect(try broken(swapped, log) == 5)
    #expect(try broken(lines, log) == nil)
  }

  @Test("a record that was rewritten, with a hash that fits it, is found by the one behind it")
  func forged() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = log(folder)
    var lines = try lines(of: log, records: 10)
    let known = AuditLine(lines[4])
    let mark = ",\"hash\":\"\(try #require(known.hash))\""
    let open = lines[4].replacingOccurrences(of: mark, with: "").replacingOccurrences(of: "op-4", with: "op-9")
    lines[4] = AuditRecord.closed(open, AuditRecord.hash(of: open, after: try #require(known.previous)))
    #expect(AuditLine(lines[4]).holds(after: AuditLine(lines[3]).hash), "it fits what stands before it")
    #expect(try broken(lines, log) == 6)
  }

  @Test("a line that was cut short by a crash is taken off, noted, and the chain goes on")
  func torn() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = log(folder)
    for number in 0..<3 { try log.write(entry(number)) }
    let handle = try #require(FileHandle(forWritingAtPath: log.path))
    try handle.seekToEnd()
    handle.write(Data("{\"action\":\"retry\",\"af".utf8))
    try handle.close()
    try log.write(entry(3))
    let verdict = try #require(AuditReader.verify(log.path))
    #expect(verdict.brokenAt == nil)
    #expect(verdict.records == 5)
    #expect(AuditReader.tail(log.path, count: 2)?.first?.field("action") == "recover")
  }

  @Test("several writers share one chain")
  func several() async throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = log(folder)
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask { for number in 0..<25 { _ = try? log.write(self.entry(writer * 100 + number)) } }
      }
    }
    let verdict = try #require(AuditReader.verify(log.path))
    #expect(verdict.brokenAt == nil && verdict.records == 100)
  }

  @Test("an intent without an outcome is reported")
  func open() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = log(folder)
    try log.write(AuditEntry(action: "retry", phase: .intent, operation: "op-a", target: "production/orders"))
    try log.write(AuditEntry(action: "retry", phase: .intent, operation: "op-b", target: "production/orders"))
    try log.write(AuditEntry(action: "retry", phase: .outcome, operation: "op-a", target: "production/orders"))
    // What was refused after its intent was not begun.
    try log.write(AuditEntry(action: "retry", phase: .intent, operation: "op-c", target: "production/orders"))
    try log.write(AuditEntry(action: "retry", phase: .refused, operation: "op-c", target: "production/orders"))
    #expect(try #require(AuditReader.verify(log.path)).open.count == 1)
    #expect(try #require(AuditReader.verify(log.path)).open.first?.operation == "op-b")
  }

  /// Intents of a step, and records that follow them.
  private func verdict(_ follow: [AuditEntry]) throws -> AuditReader.Verdict {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = log(folder)
    var intent = AuditEntry(action: "ssh", phase: .intent, operation: "op-a", target: "production/web-1")
    (intent.run, intent.step) = ("01M8", "roll/web-1/restart")
    try log.write(intent)
    for entry in follow { try log.write(entry) }
    return try #require(AuditReader.verify(log.path))
  }

  private func entry(_ action: SafeText, _ phase: AuditEntry.Phase, run: SafeText, step: SafeText?, _ reason: SafeText) -> AuditEntry {
    var entry = AuditEntry(action: action, phase: phase, operation: "op-z", target: "production/x")
    (entry.run, entry.step, entry.reason) = (run, step, reason)
    return entry
  }

  @Test("an intent of a run is settled by the same step done again, by a record of it, or by the end of its run, and by nothing else")
  func settled() throws {
    let step: SafeText = "roll/web-1/restart"
    #expect(try verdict([]).open.map(\.settled) == [nil])
    for other in [
      entry("ssh", .outcome, run: "01M8", step: "roll/web-2/restart", "done"), entry("ssh", .outcome, run: "01M9", step: step, "done"),
      entry("ssh", .outcome, run: "01M8", step: step, "lost: nobody answered"), entry("run", .note, run: "01M8", step: nil, "paused"),
      entry("run", .note, run: "01M9", step: nil, "succeeded"),
    ] {
      #expect(try verdict([other]).open.map(\.settled) == [nil], "\(other.reason ?? "")")
    }
    let again = try verdict([entry("ssh", .outcome, run: "01M8", step: step, "done")]).open
    #expect(again.count == 1 && again[0].settled?.text.hasPrefix("done again at ") == true)
    #expect(try verdict([entry("settled", .note, run: "01M8", step: step, "ok, looked")]).open.map(\.settled) == ["ok, looked"])
    #expect(try verdict([entry("run", .note, run: "01M8", step: nil, "failed")]).open.map(\.settled) == ["the run ended: failed"])
  }

  @Test("a file that is a link, or not ours to write, is refused")
  func places() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createSymbolicLink(atPath: folder + "/audit.jsonl", withDestinationPath: folder + "/elsewhere")
    #expect(throws: AuditFailure.self) { try log(folder).write(entry(1)) }
    #expect(!FileManager.default.fileExists(atPath: folder + "/elsewhere"))
  }
}
