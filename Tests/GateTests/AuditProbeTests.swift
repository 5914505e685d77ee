import Foundation
import Glibc
import OpsModel
import Testing

@testable import Gate

@Suite("Whether an action could be written down is known before anybody plans")
struct AuditProbeTests {
  private func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/opsconsole-probe-\(Operation.newID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func log(_ path: String) -> AuditLog {
    AuditLog(path: path, actor: AuditActor(environment: [:], version: "test"), environment: "development", clock: SystemClock())
  }

  @Test("where it can, looking leaves the log byte for byte as it was, and makes none")
  func well() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/audit.jsonl"
    #expect(AuditProbe.problem(path) == nil)
    #expect(!FileManager.default.fileExists(atPath: path))
    try log(path).write(AuditEntry(action: "retry", phase: .note, operation: "", target: "development/orders"))
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    for _ in 0..<50 { #expect(AuditProbe.problem(path) == nil) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    try log(path).write(AuditEntry(action: "retry", phase: .note, operation: "", target: "development/orders"))
    #expect(AuditReader.verify(path)?.records == 2)
  }

  @Test("a folder that is a file, a link in place of the log, a folder in place of the log")
  func shapes() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = FileManager.default.createFile(atPath: folder + "/state", contents: nil)
    #expect(AuditProbe.problem(folder + "/state/audit.jsonl")?.short == "the state folder cannot be written: not a directory")
    symlink("/dev/null", folder + "/link.jsonl")
    #expect(AuditProbe.problem(folder + "/link.jsonl") != nil)
    mkdir(folder + "/dir.jsonl", 0o700)
    #expect(AuditProbe.problem(folder + "/dir.jsonl") != nil)
    // Nor is it read as an empty log; a pipe would be waited for without end.
    mkfifo(folder + "/pipe.jsonl", 0o600)
    for (name, why) in [
      ("dir", "is a directory"), ("link", "it is not a file"), ("pipe", "it is not a file"), ("none", "no such file or directory"),
    ] {
      let verdict = AuditReader.verify("\(folder)/\(name).jsonl")
      #expect(AuditFailure.reason(errno).text == why)
      #expect(verdict == nil)
    }
  }

  @Test("a log that another process holds is busy, and then is not")
  func locked() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/audit.jsonl"
    try log(path).write(AuditEntry(action: "retry", phase: .note, operation: "", target: "development/orders"))
    let file = open(path, O_RDWR | O_CLOEXEC)
    defer { close(file) }
    flock(file, LOCK_EX)
    #expect(AuditProbe.problem(path)?.short == "another process has locked the audit log")
    flock(file, LOCK_UN)
    #expect(AuditProbe.problem(path) == nil)
  }

  @Test("a permission is told as a permission, also where the folder is not there for want of it")
  func words() {
    for code in [EACCES, EROFS, ENOSPC, EDQUOT] {
      let failure = AuditFailure.system(path: "/state/audit.jsonl", call: "open", code: code)
      #expect(failure.short.contains("the state folder cannot be written: ") && !failure.sentence.contains("No such file"))
    }
    #expect(
      AuditFailure.system(path: "/state/audit.jsonl", call: "open", code: EACCES).sentence
        == "cannot open /state/audit.jsonl: permission denied")
  }

  /// An account that is not root meets permissions; root is asked on behalf of it, in a process of its own.
  @Test("an account that may not write is told so", .enabled(if: geteuid() == 0))
  func forbidden() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/audit.jsonl"
    _ = FileManager.default.createFile(atPath: path, contents: Data("{}\n".utf8))
    chown(path, 65534, 65534)
    #expect(AuditProbe.problem(path) == .notOurs(path: SafeText(escaping: path)))
  }
}
