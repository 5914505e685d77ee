/// What a thing looked like when it was seen, in 64 bits: for one Redis system the score of its entry, for another a digest of its
/// bytes. Two versions are only compared with each other; the exact bytes are compared on the server.
public struct Version: Hashable, Sendable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// A score, bit for bit.
  public init(score: Double) { value = score.bitPattern }

  public var score: Double { Double(bitPattern: value) }

  /// A digest of the bytes, eight at a time.
  public init(of bytes: [UInt8]) {
    value = bytes.withUnsafeBytes { Self.digest($0) }
  }

  private static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(truncatingIfNeeded: bytes.count)
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
    }
    var at = 0
    while at + 8 <= bytes.count {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
      at += 8
    }
    var last: UInt64 = 0
    for byte in bytes[at...] { last = last << 8 | UInt64(byte) }
    mix(last)
    return hash
  }
}
