/// Reads JSON as a run of tokens, with a stack of its own: text may be nested as deep as it likes and no call is.
public struct JSONTokens {
  public enum Token: Equatable {
    case open(isObject: Bool)
    case close
    case key(ArraySlice<UInt8>)
    /// With its quotes.
    case string(ArraySlice<UInt8>)
    case number(Double)
    case bool(Bool)
    case null
    case end
  }

  private enum Expected { case value, valueOrClose, keyOrClose, key, separator }

  private let bytes: [UInt8]
  private(set) var place = 0
  /// Whether each open container is an object.
  private var open: [Bool] = []
  private var expected = Expected.value

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next token; nil where the text is no JSON at `place`. After the value at the top comes `.end`, whatever follows it.
  public mutating func next() -> Token? {
    skipSpace()
    if expected == .separator {
      guard let isObject = open.last else { return .end }
      guard place < bytes.count else { return nil }
      if bytes[place] == UInt8(ascii: ",") {
        place += 1
        expected = isObject ? .key : .value
        skipSpace()
      } else {
        return close()
      }
    }
    guard place < bytes.count else { return nil }
    switch expected {
    case .keyOrClose where bytes[place] == UInt8(ascii: "}"): return close()
    case .valueOrClose where bytes[place] == UInt8(ascii: "]"): return close()
    case .key, .keyOrClose: return key()
    default: return value()
    }
  }

  private mutating func close() -> Token? {
    guard let isObject = open.last, bytes[place] == UInt8(ascii: isObject ? "}" : "]") else { return nil }
    open.removeLast()
    place += 1
    expected = .separator
    return .close
  }

  private mutating func key() -> Token? {
    guard let text = string() else { return nil }
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { return nil }
    place += 1
    expected = .value
    return .key(text)
  }

  private mutating func value() -> Token? {
    switch bytes[place] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let isObject = bytes[place] == UInt8(ascii: "{")
      open.append(isObject)
      place += 1
      expected = isObject ? .keyOrClose : .valueOrClose
      return .open(isObject: isObject)
    case UInt8(ascii: "\""):
      expected = .separator
      return string().map { .string($0) }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      expected = .separator
      return number().map { .number($0) }
    default:
      expected = .separator
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      return take("null") ? .null : nil
    }
  }

  private mutating func take(_ word: String) -> Bool {
    guard bytes[place...].starts(with: word.utf8) else { return false }
    place += word.utf8.count
    return true
  }

  private mutating func string() -> ArraySlice<UInt8>? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    let start = place
    place += 1
    while true {
      place = passed(place) { $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") }
      guard place < bytes.count else { return nil }
      if bytes[place] == UInt8(ascii: "\"") {
        place += 1
        return bytes[start..<place]
      }
      place += 2
    }
  }

  private mutating func number() -> Double? {
    let start = place
    while place < bytes.count, Self.isPartOfNumber(bytes[place]) { place += 1 }
    // A number beyond what a double holds is none that a server prints.
    return Double(String(decoding: bytes[start..<place], as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
  }

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func skipSpace() { place = passed(place) { $0 <= 0x20 } }

  /// The first place from `start` on where a byte is not of a kind. Plans are mostly indents and texts: these loops are where time goes.
  private func passed(_ start: Int, _ isKind: (UInt8) -> Bool) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      var place = start
      while place < buffer.count, isKind(buffer[place]) { place += 1 }
      return place
    }
  }
}
