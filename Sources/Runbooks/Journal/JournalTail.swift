import Glibc
import OpsModel

/// Follows a journal as it grows, checking its chain.
public final class JournalTail {
  /// Reads of one call.
  private static let pieces = 4

  private let path: String
  private var offset = 0
  private var held: [UInt8] = []
  private var last = Journal.genesis
  private var sequence = 0
  /// A line that did not hold where it stood last: cut short by a crash where a `repair` follows it.
  private var doubtful = false
  /// The chain does not hold.
  public private(set) var isBroken = false
  /// The last call ended before the end of the file.
  public private(set) var isBehind = false

  public init(_ path: String) { self.path = path }

  /// Records that came since the last call, of about a megabyte at most; empty where none did. Whoever wants all asks until then.
  public func next() -> [JournalRecord] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0, !isBroken else { return [] }
    defer { close(file) }
    isBehind = true
    var out: [JournalRecord] = []
    var buffer = [UInt8](repeating: 0, count: 262_144)
    for _ in 0..<Self.pieces {
      let count = pread(file, &buffer, buffer.count, off_t(offset))
      // A line that is longer than one call's reading goes on with the next one.
      guard count > 0 else {
        isBehind = false
        break
      }
      offset += count
      held += buffer[..<count]
      var begin = 0
      while let end = held[begin...].firstIndex(of: 0x0A) {
        take(Array(held[begin..<end]), into: &out)
        begin = end + 1
      }
      held.removeFirst(begin)
    }
    return out
  }

  private func take(_ line: [UInt8], into out: inout [JournalRecord]) {
    guard !line.isEmpty, !isBroken else { return }
    guard let (record, hash) = JournalReader.record(line, after: last, sequence: sequence + 1) else {
      // What was cut short by a crash is no whole object; one that is whole was changed.
      isBroken = JSONScan.object(line) != nil
      doubtful = true
      return
    }
    if doubtful, record.kind != .repair {
      isBroken = true
      return
    }
    doubtful = false
    last = hash
    sequence = record.sequence
    out.append(record)
  }
}
