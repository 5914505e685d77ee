import Glibc
public import OpsModel

/// A file of things that were taken out of a queue system: a header line, a line for each. Written and read back before anything is deleted.
public enum QuarantineFile {
  /// What a file says of itself.
  public struct Contents: Sendable {
    public let source: SafeText
    public let kind: SafeText
    public let operation: SafeText
    public let at: SafeText
    /// Where it was made; nil for a file of an earlier version, which does not say.
    public let owner: DataOwner?
    public let records: [QuarantineRecord]
  }

  /// Collects lines and puts them on disk.
  public final class Writer {
    public let path: String
    private let stream: UnsafeMutablePointer<FILE>
    private var isFinished = false
    /// Where the header says how many records there are: known at the end, and of as many characters from the beginning.
    private let counter: Int
    private static let blank = String(repeating: "0", count: 12)
    public private(set) var count = 0
    /// SHA-256 over the digests of all records, in order.
    var digests = SHA256()

    /// Makes `folder/operation.jsonl`, for the owner alone. Refuses to write where one stands.
    public init(folder: String, operation: Operation, kind: SafeText, owner: DataOwner, at moment: Moment) throws(QuarantineFailure) {
      path = "\(folder)/\(operation.id).jsonl"
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard file >= 0, let stream = fdopen(file, "w") else { throw .system("open \(SafeText(escaping: path))", errno) }
      self.stream = stream
      let header = JSONText.object([
        ("schema", .int(1)), ("kind", .text("quarantine")), ("source", .text(operation.source)), ("source_kind", .text(kind)),
        ("operation", .text(SafeText(escaping: operation.id))), ("at", .text(Calendar.stamp(moment.unix))),
        ("environment", .text(SafeText(escaping: owner.environment.rawValue))), ("label", .text(owner.label)),
        ("records", .text(SafeText(escaping: Self.blank))),
      ]).compact()
      counter = header.utf8.count - "\(Self.blank)\"}".utf8.count
      try put(header)
    }

    public func add(_ record: QuarantineRecord) throws(QuarantineFailure) {
      digests.update(data: Array(record.digest.utf8))
      try put(record.line)
      count += 1
    }

    private func put(_ line: String) throws(QuarantineFailure) {
      guard fputs(line + "\n", stream) >= 0 else { throw .system("write", errno) }
    }

    /// Takes the file away again: nothing was discarded, so nothing may be restored from it.
    func abandon() {
      if !isFinished { fclose(stream) }
      isFinished = true
      unlink(path)
    }

    /// On disk, folder entry and all.
    public func finish() throws(QuarantineFailure) {
      let digits = String(count)
      let total = Self.blank.dropLast(digits.count) + digits
      let isCounted = fseek(stream, counter, SEEK_SET) == 0 && fputs(String(total), stream) >= 0
      let isWritten = isCounted && fflush(stream) == 0 && fsync(fileno(stream)) == 0
      let code = errno
      fclose(stream)
      isFinished = true
      guard isWritten else { throw .system("fsync", code) }
      let folder = open(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard folder >= 0 else { throw .system("open the folder", errno) }
      defer { close(folder) }
      guard fsync(folder) == 0 else { throw .system("fsync the folder", errno) }
    }
  }

  /// Reads a file back; every digest is checked.
  public static func read(_ path: String) throws(QuarantineFailure) -> Contents {
    var records: [QuarantineRecord] = []
    let header = try walk(path) { records.append($0) }
    func word(_ key: String) -> SafeText { SafeText(bytes: JSONScan.string(header[key]) ?? [], limit: 100) }
    return Contents(
      source: word("source"), kind: word("source_kind"), operation: word("operation"), at: word("at"), owner: owner(header),
      records: records)
  }

  /// Reads a file back record by record and compares all of it with what was written.
  /// - Returns: how many records there are.
  static func check(_ path: String, against written: SHA256) throws(QuarantineFailure) -> Int {
    var count = 0
    var digests = SHA256()
    _ = try walk(path) { record in
      digests.update(data: Array(record.digest.utf8))
      count += 1
    }
    guard digests.finalize() == written.finalize() else { throw .damaged(SafeText(escaping: path), line: count + 1) }
    return count
  }

  /// Hands out each record whose digest holds.
  /// - Returns: the header.
  private static func walk(_ path: String, _ body: (QuarantineRecord) -> Void) throws(QuarantineFailure) -> [String: JSONScan.Slice] {
    guard let stream = RegularFile.stream(path) else { throw .system("open \(SafeText(escaping: path))", errno) }
    defer { fclose(stream) }
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    var header: [String: JSONScan.Slice]?
    var line = 0
    while case let count = getline(&buffer, &capacity, stream), count > 0, let start = buffer {
      line += 1
      let bytes = Array(UnsafeRawBufferPointer(start: start, count: count).prefix { $0 != 0x0A })
      if header == nil {
        header = JSONScan.object(bytes)
        guard let header, JSONScan.string(header["kind"]) == Array("quarantine".utf8), JSONScan.number(header["schema"]) == 1 else {
          throw .notAQuarantineFile(SafeText(escaping: path))
        }
      } else if let record = QuarantineRecord(line: bytes) {
        body(record)
      } else {
        throw .damaged(SafeText(escaping: path), line: line)
      }
    }
    guard let header else { throw .notAQuarantineFile(SafeText(escaping: path)) }
    // Files of 0.6 and earlier do not say how many there are.
    if let text = JSONScan.string(header["records"]), Int(String(decoding: text, as: UTF8.self)) != line - 1 {
      throw .incomplete(SafeText(escaping: path), of: Int(String(decoding: text, as: UTF8.self)) ?? 0, found: line - 1)
    }
    return header
  }

  /// Nil where the header does not say it, as those of earlier versions do not.
  private static func owner(_ header: [String: JSONScan.Slice]) -> DataOwner? {
    let word = JSONScan.string(header["environment"]).map { String(decoding: $0, as: UTF8.self) }
    guard let environment = word.flatMap({ Environment(rawValue: $0) }) else { return nil }
    return DataOwner(environment, label: SafeText(bytes: JSONScan.string(header["label"]) ?? [], limit: 100))
  }

  /// What the first line of a file says.
  public struct Summary: Sendable {
    public let path: String
    public let source: SafeText
    public let at: SafeText
    public let operation: SafeText
    /// Bytes.
    public let size: Int
    /// Where it was made; nil where it does not say.
    public let owner: DataOwner?
  }

  /// Nil where it is no quarantine file.
  public static func summary(_ path: String) -> Summary? {
    guard let stream = RegularFile.stream(path) else { return nil }
    defer { fclose(stream) }
    var buffer = [CChar](repeating: 0, count: 4096)
    guard fgets(&buffer, Int32(buffer.count), stream) != nil else { return nil }
    let line = buffer.prefix { $0 != 0 && $0 != 0x0A }.map { UInt8(bitPattern: $0) }
    guard let header = JSONScan.object(line), JSONScan.string(header["kind"]) == Array("quarantine".utf8) else { return nil }
    func word(_ key: String) -> SafeText { SafeText(bytes: JSONScan.string(header[key]) ?? [], limit: 100) }
    var facts = stat()
    guard fstat(fileno(stream), &facts) == 0 else { return nil }
    return Summary(
      path: path, source: word("source"), at: word("at"), operation: word("operation"), size: Int(facts.st_size), owner: owner(header))
  }

  /// Bytes free on the disk of a folder for this user.
  static func room(in folder: String) -> Int? {
    var facts = statvfs()
    guard statvfs(folder, &facts) == 0 else { return nil }
    return Int(facts.f_bavail) * Int(facts.f_frsize)
  }
}

/// Why a quarantine file could not be made or read.
public enum QuarantineFailure: Error, Sendable {
  case system(SafeText, Int32)
  case notAQuarantineFile(SafeText)
  case damaged(SafeText, line: Int)
  case incomplete(SafeText, of: Int, found: Int)
  case disk(needed: Int, free: Int)

  public var sentence: SafeText {
    switch self {
    case .system(let call, let code): "\(call): \(SafeText(escaping: String(cString: strerror(code))))"
    case .notAQuarantineFile(let path): "\(path) is not a quarantine file of opsconsole"
    case .damaged(let path, let line): "\(path), line \(line): its digest does not hold; nothing of the file was used"
    case .incomplete(let path, let all, let found):
      "\(path) holds \(Units.count(found)) of \(Units.count(all, "record")): some are lost; nothing of the file was used"
    case .disk(let needed, let free): "\(Units.bytes(Double(needed))) are needed twice over, \(Units.bytes(Double(free))) are free"
    }
  }
}
