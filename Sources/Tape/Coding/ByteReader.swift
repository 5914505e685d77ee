import OpsModel

/// Reads tagged values; everything is checked, since a tape may come from anywhere.
struct ByteReader {
  /// Values that stand in each other at most.
  static let depth = 64

  let bytes: [UInt8]
  var place: Int

  init(_ bytes: [UInt8], at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  mutating func tag() throws(TapeProblem) -> CodeTag {
    guard place < bytes.count, let tag = CodeTag(rawValue: bytes[place]) else { throw .damaged("a value has no known form") }
    place += 1
    return tag
  }

  func peek() -> CodeTag? { place < bytes.count ? CodeTag(rawValue: bytes[place]) : nil }

  mutating func number() throws(TapeProblem) -> UInt64 {
    var out: UInt64 = 0
    var shift: UInt64 = 0
    while place < bytes.count, shift < 64 {
      let byte = bytes[place]
      place += 1
      out |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return out }
      shift += 7
    }
    throw .damaged("a number has no end")
  }

  mutating func integer() throws(TapeProblem) -> Int {
    let coded = try number()
    return Int(bitPattern: UInt(coded >> 1)) ^ -Int(bitPattern: UInt(coded & 1))
  }

  mutating func double() throws(TapeProblem) -> Double {
    guard place + 8 <= bytes.count else { throw .damaged("a number is cut off") }
    var bits: UInt64 = 0
    for index in 0..<8 { bits |= UInt64(bytes[place + index]) << UInt64(8 * index) }
    place += 8
    return Double(bitPattern: bits)
  }

  mutating func slice() throws(TapeProblem) -> ArraySlice<UInt8> {
    let count = try number()
    guard count <= UInt64(bytes.count - place) else { throw .damaged("a text is cut off") }
    defer { place += Int(count) }
    return bytes[place..<(place + Int(count))]
  }

  /// Steps over one value of any form.
  mutating func skip(_ level: Int = 0) throws(TapeProblem) {
    guard level < Self.depth else { throw .damaged("values stand too deep in each other") }
    switch try tag() {
    case .null, .no, .yes, .end: return
    case .integer: _ = try number()
    case .double: _ = try double()
    case .text, .bytes: _ = try slice()
    case .array: while try !takeEnd() { try skip(level + 1) }
    case .object:
      while try !takeEnd() {
        _ = try number()
        try skip(level + 1)
      }
    }
  }

  /// Numbers of names begin at `CodeNames.first`, so that none of them looks like an end.
  mutating func takeEnd() throws(TapeProblem) -> Bool {
    guard place < bytes.count else { throw .damaged("a list has no end") }
    guard bytes[place] == CodeTag.end.rawValue else { return false }
    place += 1
    return true
  }
}
