/// What a thing looked like when it was seen, in 64 bits: for one Redis system the score of its entry, for another a digest of its
/// bytes. Two versions are only compared with each other; the exact bytes are compared on the server.
public struct Version: Hashable, Sendable {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// A score, bit for bit.
  public init(score: Double) { value = score.bitPattern }

  public var score: Double { Double(bitPattern: value) }

  /// FNV-1a over the bytes.
  public init(of bytes: some Sequence<UInt8>) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      hash ^= UInt64(byte)
      hash = hash &* 0x0000_0100_0000_01b3
    }
    value = hash
  }
}
