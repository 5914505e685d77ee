/// Puts tagged values behind each other.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ tag: CodeTag) { bytes.append(tag.rawValue) }

  mutating func put(number value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func put(_ value: Int) {
    put(.integer)
    put(number: UInt64(bitPattern: Int64((value << 1) ^ (value >> 63))))
  }

  /// Whole numbers take less room as such.
  mutating func put(_ value: Double) {
    if value.magnitude < 1e15, value == value.rounded(), !(value == 0 && value.sign == .minus) { return put(Int(value)) }
    put(.double)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ text: String) {
    put(.text)
    var text = text
    text.withUTF8 {
      put(number: UInt64($0.count))
      bytes.append(contentsOf: $0)
    }
  }

  mutating func put(_ data: [UInt8]) {
    put(.bytes)
    put(number: UInt64(data.count))
    bytes += data
  }
}
