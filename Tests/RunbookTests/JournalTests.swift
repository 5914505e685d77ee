import Foundation
import Glibc
import OpsModel
import Synchronization
import TestKit
import Testing

@testable import Runbooks

private struct StillClock: OpsClock {
  func now() -> Moment { Moment(steady: 5, unix: 1_795_000_000.5) }
}

/// Calls of which the n-th of one kind fails.
private final class FaultyCalls: FileCalls {
  enum Kind: CaseIterable { case open, write, short, sync, interrupted }

  private let real = SystemFileCalls()
  private let kind: Kind
  private let code: Int32
  private let left: Mutex<Int>

  init(_ kind: Kind, number: Int, code: Int32) {
    self.kind = kind
    self.code = code
    left = Mutex(number)
  }

  private func isTurn(_ kind: Kind) -> Bool {
    guard kind == self.kind else { return false }
    return left.withLock { left in
      left -= 1
      return left == 0
    }
  }

  func open(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32 { isTurn(.open) ? -code : real.open(path, flags, mode) }

  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    if isTurn(.interrupted) { return -Int(EINTR) }
    if isTurn(.write) { return -Int(code) }
    // Some of it arrives, and then the disk is full.
    if isTurn(.short) { return real.write(file, UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])) }
    return real.write(file, bytes)
  }

  func sync(_ file: Int32) -> Int32 { isTurn(.sync) ? code : real.sync(file) }
  func makeFolder(_ path: String) -> Int32 { real.makeFolder(path) }
  func close(_ file: Int32) { real.close(file) }
}

@Suite("The journal: what is intended is on disk before it happens")
struct JournalTests {
  private let folder = TestFolder()

  private func path() -> String { folder.file("jsonl") }

  private func fill(_ path: String, calls: any FileCalls = SystemFileCalls()) throws {
    let journal = try Journal(new: path, clock: StillClock(), calls: calls)
    try journal.write(.runStart, fields: ["user": .text("oncall"), "params": .map(["queue": .text("default")])])
    try journal.write(.stepIntent, step: "look", fields: ["attempt": .int(1)])
    try journal.write(.stepOutcome, step: "look", fields: ["state": .text("ok"), "outputs": .map(["n": .int(3)])])
    try journal.write(.stepIntent, step: "move", fields: ["idempotency_key": .text("r/move/1")])
    try journal.write(.batchIntent, step: "move", fields: ["items": .list([.text("a"), .text("b")])])
  }

  @Test("it is read as it was written, and its chain holds")
  func whole() throws {
    let path = path()
    try fill(path)
    let read = try #require(JournalReader.read(path))
    #expect(read.brokenAt == nil && read.torn.isEmpty)
    #expect(read.records.map(\.sequence) == [1, 2, 3, 4, 5])
    let history = RunHistory(read.records)
    #expect(history.state == .running)
    #expect(history.step("look").state == .ok && history.step("look").outputs == ["n": .int(3)])
    #expect(history.open == ["move"])
    #expect(history.step("move").idempotencyKey == "r/move/1" && history.step("move").batches.count == 1)
    #expect(history.step("move").batches[0].done == nil)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) }, "cat is safe")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test(
    "every text comes back byte by byte",
    arguments: [
      "", "plain", "a\u{0}b\u{1B}[2J", "\u{202E}gnigats", "e\u{301}", "日本", "\",\"hash\":\"x", "{\"seq\":9}\n{\"v\":1}", "\\u0041", "'; --",
    ])
  func texts(text: String) throws {
    let path = path()
    let journal = try Journal(new: path, clock: StillClock())
    try journal.write(
      .decision, fields: ["text": .text(text), "hash": .text(text), "list": .list([.text(text), .null, .number(0.1), .bool(false)])])
    try journal.write(.runEnd, fields: ["state": .text("succeeded")])
    let read = try #require(JournalReader.read(path))
    #expect(read.records.count == 2 && read.brokenAt == nil)
    guard case .text(let again) = read.records[0]["text"] else {
      Issue.record("no text")
      return
    }
    #expect(Array(again.utf8) == Array(text.utf8))
    #expect(read.records[0]["list"] == .list([.text(text), .null, .number(0.1), .bool(false)]))
  }

  @Test("cut at every byte it tells what was whole, and goes on")
  func torn() throws {
    let path = path()
    try fill(path)
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let ends = whole.indices.filter { whole[$0] == 0x0A }
    // Just before and just behind each line's end as well.
    for length in Set(stride(from: 0, through: whole.count, by: 7)).union(ends).union(ends.map { $0 + 1 }) {
      let cut = self.path()
      try Data(whole[..<length]).write(to: URL(fileURLWithPath: cut))
      let read = try #require(JournalReader.read(cut))
      #expect(read.brokenAt == nil)
      #expect(read.records.count == ends.filter { $0 <= length }.count, "cut at \(length)")
      let journal = try Journal(cut, after: read, clock: StillClock())
      try journal.write(.resume)
      let again = try #require(JournalReader.read(cut))
      #expect(again.brokenAt == nil && again.torn.isEmpty, "cut at \(length)")
      #expect(again.records.last?.kind == .resume)
      #expect(again.records.contains { $0.kind == .repair } == !read.torn.isEmpty)
      let tail = JournalTail(cut)
      #expect(tail.next().count == again.records.count && !tail.isBroken && !tail.isBehind, "cut at \(length)")
    }
  }

  @Test("a changed byte, a removed line and lines that changed places are found")
  func forged() throws {
    let path = path()
    try fill(path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var lines = text.split(separator: "\n").map(String.init)
    func broken(_ lines: [String]) throws -> Int? {
      let other = self.path()
      try (lines.joined(separator: "\n") + "\n").write(toFile: other, atomically: true, encoding: .utf8)
      return try #require(JournalReader.read(other)).brokenAt
    }
    #expect(try broken(lines) == nil)
    #expect(try broken([lines[0], lines[1].replacingOccurrences(of: "look", with: "took"), lines[2]]) == 2)
    #expect(try broken([lines[0], lines[2]]) == 2)
    lines.swapAt(1, 2)
    #expect(try broken(lines) == 2)
  }

  @Test("the n-th call fails: what was said to be on disk is, and nothing more is taken", arguments: FaultyCalls.Kind.allCases)
  fileprivate func sweep(kind: FaultyCalls.Kind) throws {
    for code in [ENOSPC, EIO, EDQUOT] {
      for number in 1...6 {
        let path = path()
        var said = 0
        var isRefused = false
        do {
          let journal = try Journal(new: path, clock: StillClock(), calls: FaultyCalls(kind, number: number, code: code))
          for step in 0..<5 {
            do {
              try journal.write(.stepIntent, step: "s\(step)")
              #expect(!isRefused, "nothing is taken after a failure")
              said += 1
            } catch { isRefused = true }
          }
        } catch { isRefused = true }
        let read = JournalReader.read(path) ?? JournalReader.Contents()
        #expect(read.brokenAt == nil)
        #expect(read.records.count >= said, "\(kind) \(number): \(said) were said to be on disk")
        let isHarmless = kind == .interrupted || kind == .short || number > (kind == .open ? 1 : 5)
        #expect(isRefused != isHarmless, "\(kind) \(number)")
      }
    }
  }

  @Test("names of runs are in the order of time, and are no paths")
  func names() {
    let one = RunID(now: 1_795_000_000)
    let two = RunID(now: 1_795_000_001)
    #expect(one < two && one.text.count == 26)
    #expect(RunID(one.text) == one)
    for text in ["", "../../etc", one.text + "A", String(one.text.dropLast()) + "/", one.text.lowercased()] { #expect(RunID(text) == nil) }
  }
}
