/// Counters that a JVM keeps in a file of shared memory (`hsperfdata`, version 2.0; perfMemory.hpp of HotSpot). Everything in it is
/// checked: the file belongs to whoever wrote it.
struct HsPerf {
  enum Flaw: Error, Equatable {
    /// Shorter than it says, or than a header is.
    case cut
    case notPerfData
    case version(UInt8)
    /// The JVM has not filled it yet.
    case notReady
  }

  private(set) var numbers: [String: Int64] = [:]
  private(set) var texts: [String: String] = [:]
  /// Bytes of counters that found no room.
  private(set) var overflow = 0

  private static let header = 32
  private static let most = 4096

  init(_ file: [UInt8]) throws(Flaw) {
    guard file.count >= Self.header else { throw .cut }
    guard file[0] == 0xCA, file[1] == 0xFE, file[2] == 0xC0, file[3] == 0xC0, file[4] <= 1 else { throw .notPerfData }
    guard file[5] == 2 else { throw .version(file[5]) }
    guard file[7] != 0 else { throw .notReady }
    let reader = Reader(bytes: file, isLittle: file[4] == 1)
    let used = reader.int32(8)
    overflow = reader.int32(12)
    guard used <= file.count, used >= Self.header else { throw .cut }
    var place = reader.int32(24)
    let count = min(Self.most, reader.int32(28))
    for _ in 0..<max(0, count) {
      guard place >= Self.header, place + 20 <= used else { throw .cut }
      let length = reader.int32(place)
      guard length >= 20, place + length <= used else { throw .cut }
      take(reader, place, length)
      place += length
    }
  }

  private mutating func take(_ reader: Reader, _ entry: Int, _ length: Int) {
    let nameAt = entry + reader.int32(entry + 4)
    let vector = reader.int32(entry + 8)
    let kind = reader.bytes[entry + 12]
    let dataAt = entry + reader.int32(entry + 16)
    let end = entry + length
    guard nameAt >= entry, nameAt < end, dataAt >= entry, let name = reader.text(nameAt, end) else { return }
    if vector == 0 && kind == UInt8(ascii: "J") {
      if dataAt + 8 <= end { numbers[name] = reader.int64(dataAt) }
    } else if vector > 0 && dataAt + vector <= end && kind == UInt8(ascii: "B") {
      texts[name] = reader.text(dataAt, dataAt + vector)
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    let isLittle: Bool

    func int32(_ place: Int) -> Int { Int(Int32(truncatingIfNeeded: raw(place, 4))) }

    func int64(_ place: Int) -> Int64 { Int64(bitPattern: raw(place, 8)) }

    private func raw(_ place: Int, _ length: Int) -> UInt64 {
      (0..<length).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * (isLittle ? $1 : length - 1 - $1)) }
    }

    /// Up to a zero byte, or to the end.
    func text(_ start: Int, _ end: Int) -> String? {
      guard start <= end, end <= bytes.count else { return nil }
      return String(decoding: bytes[start..<end].prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
