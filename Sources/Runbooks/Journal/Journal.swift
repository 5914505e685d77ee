import Gate
public import OpsModel

/// What a run intends, does and did: JSON lines in ASCII, chained, each on disk before the next thing happens.
///
/// `hash = SHA-256(prev ‖ the line without its hash)`; the first line follows sixty-four zeros.
public final class Journal {
  /// Bytes of one line.
  public static let longest = 1_048_576
  static let version = 1
  static let genesis = String(repeating: "0", count: 64)

  private let file: DurableFile
  private let clock: any OpsClock
  private var sequence: Int
  private var previous: String
  /// The end of the line before, where a crash took it.
  private var owed: [UInt8] = []

  /// A new one.
  /// - Throws: `JournalFailure`.
  public convenience init(new path: String, clock: any OpsClock, calls: any FileCalls = SystemFileCalls()) throws(JournalFailure) {
    self.init(file: try DurableFile(path, isNew: true, calls: calls), clock: clock, sequence: 0, previous: Self.genesis)
  }

  /// Goes on with one, after it was read. A line that was cut short stays where it is; a record says so.
  public convenience init(
    _ path: String, after read: JournalReader.Contents, clock: any OpsClock, calls: any FileCalls = SystemFileCalls()
  ) throws(JournalFailure) {
    let file = try DurableFile(path, isNew: false, calls: calls)
    self.init(file: file, clock: clock, sequence: read.records.last?.sequence ?? 0, previous: read.lastHash)
    if read.isOpen { owed = [0x0A] }
    guard !read.torn.isEmpty else { return }
    // In one write with the end of the torn line: no crash leaves one without the other.
    try write(.repair, fields: ["torn_bytes": .int(read.torn.count)], behind: [0x0A])
  }

  private init(file: DurableFile, clock: any OpsClock, sequence: Int, previous: String) {
    self.file = file
    self.clock = clock
    self.sequence = sequence
    self.previous = previous
  }

  /// - Throws: `JournalFailure` unless it is on disk: then what it announces must not happen.
  public func write(_ kind: JournalRecord.Kind, step: String = "", fields: [String: RunValue] = [:], behind: [UInt8] = [])
    throws(JournalFailure)
  {
    let now = clock.now()
    var pairs: [(SafeText, JSONText)] = [
      ("v", .int(Self.version)), ("seq", .int(sequence + 1)), ("ts", .text(Calendar.stampMillis(now.unix))),
      ("mono_ms", .int(Int(now.steady * 1000))), ("kind", .text(SafeText(escaping: kind.rawValue))),
      ("step", .text(SafeText(escaping: step))),
    ]
    pairs.append(("fields", RunValue.map(fields).exact))
    pairs.append(("prev", .text(SafeText(escaping: previous))))
    let open = JSONText.map(pairs).compact()
    let hash = Self.hash(open, after: previous)
    let line = Array((open.dropLast() + ",\"hash\":\"\(hash)\"}\n").utf8)
    guard line.count <= Self.longest else { throw .tooLong }
    kind.point.pass()
    try file.append(owed + behind + line)
    owed = []
    kind.point.pass()
    sequence += 1
    previous = hash
  }

  static func hash(_ open: String, after previous: String) -> String {
    SHA256.hash(data: Array((previous + open).utf8)).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
