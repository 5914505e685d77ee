import OpsModel

/// Reads answers of the query API: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{…},"value":[t,"1.5"]}]}}`.
/// Numbers are text there. Vectors may have thousands of rows: they are read token by token.
struct PromVector {
  struct Row {
    /// Of the labels that were asked for, in their order.
    var labels: [String]
    var value: Double
  }

  private(set) var rows: [Row] = []
  private(set) var warnings: [SafeText] = []

  /// - Parameter labels: those to keep; others are passed over.
  /// - Throws: `Failure.refused` with the server's words where it says error, `Failure.garbage` where it is no such answer.
  init(_ body: [UInt8], labels: [String]) throws(Failure) {
    var reader = PromVectorReader(body, labels: labels)
    guard reader.read() else { throw .garbage(beginning: body) }
    if let error = reader.error { throw .refused(code: reader.errorType ?? "", message: Hiding.process.text(error)) }
    guard reader.isSuccess else { throw .garbage(beginning: body) }
    rows = reader.rows
    warnings = reader.warnings
  }
}

/// The walk over the tokens.
struct PromVectorReader {
  private var tokens: JSONTokens
  private let labels: [String]
  private let keys: [[UInt8]]
  private(set) var rows: [PromVector.Row] = []
  private(set) var warnings: [SafeText] = []
  private(set) var error: SafeText?
  private(set) var errorType: SafeText?
  private(set) var isSuccess = false

  init(_ body: [UInt8], labels: [String]) {
    tokens = JSONTokens(body)
    self.labels = labels
    keys = labels.map { Array("\"\($0)\"".utf8) }
  }

  mutating func read() -> Bool {
    guard tokens.next() == .open(isObject: true) else { return false }
    while let token = tokens.next() {
      switch token {
      case .close, .end: return true
      case .key(let key):
        if key.elementsEqual("\"status\"".utf8) {
          guard let word = text() else { return false }
          isSuccess = word == "success"
        } else if key.elementsEqual("\"error\"".utf8) {
          error = text().map { SafeText(escaping: $0, limit: 300) }
        } else if key.elementsEqual("\"errorType\"".utf8) {
          errorType = text().map { SafeText(escaping: $0, limit: 60) }
        } else if key.elementsEqual("\"warnings\"".utf8) {
          guard list() else { return false }
        } else if key.elementsEqual("\"data\"".utf8) {
          guard data() else { return false }
        } else if !skip() {
          return false
        }
      default: return false
      }
    }
    return false
  }

  private mutating func text() -> String? {
    guard case .string(let raw) = tokens.next() else { return nil }
    return JSONScan.string(raw).map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func list() -> Bool {
    guard case .open(isObject: false) = tokens.next() else { return false }
    while let token = tokens.next() {
      switch token {
      case .close: return true
      case .string(let raw): if warnings.count < 5 { warnings.append(SafeText(bytes: JSONScan.string(raw) ?? [], limit: 200)) }
      default: return false
      }
    }
    return false
  }

  private mutating func data() -> Bool {
    guard case .open(isObject: true) = tokens.next() else { return false }
    while let token = tokens.next() {
      switch token {
      case .close: return true
      case .key(let key):
        if key.elementsEqual("\"result\"".utf8) {
          guard result() else { return false }
        } else if !skip() {
          return false
        }
      default: return false
      }
    }
    return false
  }

  private mutating func result() -> Bool {
    guard case .open(isObject: false) = tokens.next() else { return false }
    while let token = tokens.next() {
      switch token {
      case .close: return true
      case .open(isObject: true):
        guard let row = row() else { return false }
        rows.append(row)
      // A scalar's time and text.
      case .number, .string: continue
      default: return false
      }
    }
    return false
  }

  private mutating func row() -> PromVector.Row? {
    var row = PromVector.Row(labels: [String](repeating: "", count: labels.count), value: .nan)
    while let token = tokens.next() {
      switch token {
      case .close: return row
      case .key(let key):
        if key.elementsEqual("\"metric\"".utf8) {
          guard metric(&row) else { return nil }
        } else if key.elementsEqual("\"value\"".utf8) {
          guard case .open(isObject: false) = tokens.next(), case .number = tokens.next(), case .string(let raw) = tokens.next() else {
            return nil
          }
          row.value = raw.dropFirst().dropLast().withUnsafeBufferPointer { ExpositionLine.number($0[...]) } ?? .nan
          guard tokens.next() == .close else { return nil }
        } else if !skip() {
          return nil
        }
      default: return nil
      }
    }
    return nil
  }

  private mutating func metric(_ row: inout PromVector.Row) -> Bool {
    guard case .open(isObject: true) = tokens.next() else { return false }
    while let token = tokens.next() {
      switch token {
      case .close: return true
      case .key(let key):
        guard case .string(let raw) = tokens.next() else { return false }
        for (index, wanted) in keys.enumerated() where key.elementsEqual(wanted) {
          row.labels[index] = JSONScan.string(raw).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
      default: return false
      }
    }
    return false
  }

  /// Passes over one value of whatever depth.
  private mutating func skip() -> Bool {
    var depth = 0
    while let token = tokens.next() {
      switch token {
      case .open: depth += 1
      case .close: depth -= 1
      case .key: continue
      case .end: return false
      default: break
      }
      if depth == 0 { return true }
    }
    return false
  }
}
