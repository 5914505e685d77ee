import Glibc
import OpsModel

/// Reads audit files: for the panel, for `audit show`, and to verify the chain.
public enum AuditReader {
  /// What a check of the chain found.
  public struct Verdict: Sendable {
    public var records = 0
    /// The first record that does not hold; nil where all do.
    public var brokenAt: Int?
    public var lastHash: String?
    public var lastSequence: Int?
    /// Intents that have no outcome of their own: somebody is at work, or ended in the middle.
    public var open: [OpenIntent] = []
    /// Whether the last line has no end: a write that was cut short.
    public var isTorn = false
  }

  /// Calls `body` for every line; false ends it.
  /// - Returns: false where the file cannot be read; `errno` says why. What is not a file cannot: a pipe would never end.
  public static func lines(of path: String, _ body: (AuditLine) -> Bool) -> Bool {
    guard let stream = RegularFile.stream(path) else { return false }
    defer { fclose(stream) }
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    while true {
      let count = getline(&buffer, &capacity, stream)
      guard count > 0, let start = buffer else { return true }
      let bytes = UnsafeRawBufferPointer(start: start, count: count)
      if !body(AuditLine(String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self))) { return true }
    }
  }

  /// Nil where the file cannot be read.
  public static func verify(_ path: String) -> Verdict? {
    var verdict = Verdict()
    var open: [OpenIntent] = []
    let isRead = lines(of: path) { line in
      verdict.records += 1
      guard line.holds(after: verdict.lastHash), (line.sequence ?? 0) == (verdict.lastSequence ?? (line.sequence ?? 0) - 1) + 1 else {
        verdict.brokenAt = line.sequence ?? verdict.records
        return false
      }
      verdict.lastHash = line.hash
      verdict.lastSequence = line.sequence
      let operation = line.field("op_id") ?? ""
      // What was refused after its intent had been written was not begun.
      if ["outcome", "refused", "cancelled"].contains(line.field("phase")) { open.removeAll { $0.operation == operation } }
      for index in open.indices { open[index].take(line) }
      if line.field("phase") == "intent" { open.append(OpenIntent(line)) }
      return true
    }
    guard isRead else { return nil }
    verdict.open = open
    return verdict
  }

  /// The last lines of a file, oldest first.
  public static func tail(_ path: String, count: Int) -> [AuditLine]? {
    var kept: [AuditLine] = []
    let isRead = lines(of: path) { line in
      kept.append(line)
      if kept.count > 2 * count { kept.removeFirst(count) }
      return true
    }
    return isRead ? Array(kept.suffix(count)) : nil
  }

  static func lastLine(of path: String) -> AuditLine? { tail(path, count: 1)?.last }
}
