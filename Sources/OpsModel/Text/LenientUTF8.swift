/// Decodes UTF-8 and hands out each byte that is not part of a well-formed sequence by itself, so that nothing is dropped.
///
/// Overlong forms, surrogates and scalars beyond U+10FFFF count as invalid bytes (Unicode 15, table 3-7).
struct LenientUTF8<Source: IteratorProtocol<UInt8>> {
  enum Unit: Equatable {
    case scalar(Unicode.Scalar)
    case invalid(UInt8)
  }

  private var source: Source
  private var pending: [UInt8] = []

  init(_ source: Source) { self.source = source }

  mutating func next() -> Unit? {
    guard let first = take() else { return nil }
    if first < 0x80 { return .scalar(Unicode.Scalar(first)) }
    guard let (length, low, high) = Self.shape(of: first) else { return .invalid(first) }
    var tail: [UInt8] = []
    for index in 1..<length {
      guard let byte = take() else { break }
      tail.append(byte)
      let range = index == 1 ? low...high : 0x80...0xBF
      if !range.contains(byte) { break }
    }
    let isWhole =
      tail.count == length - 1 && (low...high).contains(tail[0]) && tail.dropFirst().allSatisfy { (0x80...0xBF).contains($0) }
    guard isWhole, let scalar = Self.scalar(first, tail, length) else {
      pending.insert(contentsOf: tail, at: 0)
      return .invalid(first)
    }
    return .scalar(scalar)
  }

  private mutating func take() -> UInt8? {
    pending.isEmpty ? source.next() : pending.removeFirst()
  }

  /// Length of the sequence and the range of its second byte.
  private static func shape(of first: UInt8) -> (length: Int, low: UInt8, high: UInt8)? {
    switch first {
    case 0xC2...0xDF: (2, 0x80, 0xBF)
    case 0xE0: (3, 0xA0, 0xBF)
    case 0xED: (3, 0x80, 0x9F)
    case 0xE1...0xEF: (3, 0x80, 0xBF)
    case 0xF0: (4, 0x90, 0xBF)
    case 0xF1...0xF3: (4, 0x80, 0xBF)
    case 0xF4: (4, 0x80, 0x8F)
    default: nil
    }
  }

  private static func scalar(_ first: UInt8, _ tail: [UInt8], _ length: Int) -> Unicode.Scalar? {
    let mask: UInt8 = length == 2 ? 0x1F : (length == 3 ? 0x0F : 0x07)
    let value = tail.reduce(UInt32(first & mask)) { ($0 << 6) | UInt32($1 & 0x3F) }
    return Unicode.Scalar(value)
  }
}
