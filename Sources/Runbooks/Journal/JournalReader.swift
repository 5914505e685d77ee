import Glibc
import OpsModel

/// Reads a journal and checks its chain. A last line that is cut short is kept apart; anything else that does not hold ends the reading.
public enum JournalReader {
  public struct Contents: Sendable {
    public var records: [JournalRecord] = []
    public var lastHash = Journal.genesis
    /// Bytes behind the last whole line.
    public var torn: [UInt8] = []
    /// The last line is whole but for its end.
    public var isOpen = false
    /// The line, from 1, at which the chain does not hold; nil where all do.
    public var brokenAt: Int?

    public init() {}
  }

  /// - Returns: nil where the file can not be read.
  public static func read(_ path: String) -> Contents? {
    guard let bytes = bytes(of: path) else { return nil }
    var out = Contents()
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let tail = Array(lines.popLast() ?? [])
    var held: [UInt8] = []
    for (index, line) in lines.enumerated() where !line.isEmpty {
      guard let (record, hash) = record(Array(line), after: out.lastHash, sequence: (out.records.last?.sequence ?? 0) + 1) else {
        // What was cut short by a crash is no whole object. Whoever went on says so in the next record.
        guard JSONScan.object(Array(line)) == nil else {
          out.brokenAt = index + 1
          return out
        }
        held += line
        continue
      }
      guard held.isEmpty || record.kind == .repair else {
        out.brokenAt = index + 1
        return out
      }
      held = []
      out.records.append(record)
      out.lastHash = hash
    }
    if !tail.isEmpty, let (record, hash) = record(tail, after: out.lastHash, sequence: (out.records.last?.sequence ?? 0) + 1),
      held.isEmpty || record.kind == .repair
    {
      // Cut short by its end alone, it says all that it had to say.
      out.records.append(record)
      out.lastHash = hash
      out.isOpen = true
      return out
    }
    out.torn = held + tail
    return out
  }

  /// The last records, without a look at the chain before them: for lists, where a journal may be of many megabytes.
  public static func last(_ path: String, bytes: Int = 262_144) -> [JournalRecord] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { return [] }
    let size = Int(facts.st_size)
    var buffer = [UInt8](repeating: 0, count: min(bytes, size))
    let count = pread(file, &buffer, buffer.count, off_t(size - buffer.count))
    guard count > 0 else { return [] }
    return buffer[..<count].split(separator: 0x0A).compactMap { plain(Array($0)) }
  }

  /// A record as it says of itself.
  private static func plain(_ line: [UInt8]) -> JournalRecord? {
    guard let fields = JSONScan.object(line), let sequence = JSONScan.number(fields["seq"]) else { return nil }
    return parsed(fields, Int(clamped: sequence))
  }

  static func record(_ line: [UInt8], after previous: String, sequence: Int) -> (JournalRecord, String)? {
    // The hash is the last field, and as long as ever: `,"hash":"…64…"}`
    guard line.count > 75, let fields = JSONScan.object(line), let found = fields["hash"].flatMap({ JSONScan.string($0) }) else {
      return nil
    }
    let hash = String(decoding: found, as: UTF8.self)
    let open = String(decoding: line.dropLast(75), as: UTF8.self) + "}"
    guard Journal.hash(open, after: previous) == hash, JSONScan.number(fields["seq"]) == Double(sequence),
      JSONScan.number(fields["v"]) == Double(Journal.version)
    else { return nil }
    return parsed(fields, sequence).map { ($0, hash) }
  }

  private static func parsed(_ fields: [String: JSONScan.Slice], _ sequence: Int) -> JournalRecord? {
    func word(_ key: String) -> String { fields[key].flatMap { JSONScan.string($0) }.map { String(decoding: $0, as: UTF8.self) } ?? "" }
    guard let kind = JournalRecord.Kind(rawValue: word("kind")), let at = Calendar.parse(word("ts")),
      case .map(let values)? = fields["fields"].flatMap({ RunValue.exact($0) })
    else { return nil }
    let steady = (JSONScan.number(fields["mono_ms"]) ?? 0) / 1000
    return JournalRecord(kind: kind, sequence: sequence, at: at, steady: steady, step: word("step"), fields: values)
  }

  private static func bytes(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 { if errno == EINTR { continue } else { return nil } }
      if count == 0 { return out }
      out += buffer[..<count]
    }
  }
}
