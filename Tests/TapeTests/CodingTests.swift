import OpsModel
import Testing

@testable import Tape

@Suite("The form of values on a tape")
struct CodingTests {
  private struct Old: Codable, Equatable {
    var name: String
    var count: Int
    var gone: [Double]
  }

  private struct New: Codable, Equatable {
    var name: String
    var count: Int
    var flag: Bool
    var list: [Int]
    var word: String
    var maybe: Double?
  }

  @Test("numbers come back as they were, great, small, negative and none", arguments: [0, 1, -1, 127, 128, -129, Int64.max, Int64.min])
  func integers(_ value: Int64) throws {
    let encoder = TapeEncoder(names: CodeNames())
    #expect(try TapeDecoder.decode([Int64].self, from: encoder.encode([value]), names: encoder.names) == [value])
  }

  @Test("what is counted stays within what can be added up a thousand times", arguments: [Int.max, Int.min])
  func counts(_ value: Int) throws {
    let encoder = TapeEncoder(names: CodeNames())
    let read = try TapeDecoder.decode([Int].self, from: encoder.encode([value]), names: encoder.names)
    #expect(read == [value.signum() * 1_000_000_000_000_000])
  }

  @Test("so do fractions", arguments: [0.5, -0.1, 1e300, .infinity, -0.0, 1e15, 123456789.25])
  func doubles(_ value: Double) throws {
    let encoder = TapeEncoder(names: CodeNames())
    #expect(
      try TapeDecoder.decode([Double].self, from: encoder.encode([value]), names: encoder.names).first?.bitPattern == value.bitPattern)
  }

  @Test("fields that came or went between versions read as nothing and are skipped")
  func versions() throws {
    let encoder = TapeEncoder(names: CodeNames())
    let bytes = try encoder.encode(Old(name: "a", count: 7, gone: [1, 2]))
    let read = try TapeDecoder.decode(New.self, from: bytes, names: encoder.names)
    #expect(read == New(name: "a", count: 7, flag: false, list: [], word: "", maybe: nil))
  }

  @Test("every cut and every changed byte of a value is an error or a value, never a crash")
  func hostile() throws {
    let encoder = TapeEncoder(names: CodeNames())
    let value = FullObservation.make(Moment(recorded: 1_795_000_000)).sessions
    let bytes = try encoder.encode(value)
    for length in 0..<min(bytes.count, 400) {
      _ = try? TapeDecoder.decode([SessionState].self, from: Array(bytes.prefix(length)), names: encoder.names)
    }
    for place in 0..<min(bytes.count, 400) {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        _ = try? TapeDecoder.decode([SessionState].self, from: changed, names: encoder.names)
      }
    }
    #expect(throws: (any Error).self) { try TapeDecoder.decode([SessionState].self, from: Array(bytes.prefix(20)), names: encoder.names) }
  }

  @Test("what says that it is huge is refused before it is made")
  func huge() {
    #expect(throws: TapeProblem.self) { try Packed.unpack([255, 255, 255, 255, 1, 2, 3], ReadBudget()) }
    let bomb = Packed.pack([UInt8](repeating: CodeTag.null.rawValue, count: 1 << 20))
    #expect(throws: TapeProblem.self) { try Packed.unpack(bomb, ReadBudget(1 << 19)) }
    let list = [CodeTag.array.rawValue] + [UInt8](repeating: CodeTag.null.rawValue, count: 1 << 16) + [CodeTag.end.rawValue]
    #expect(throws: TapeProblem.self) {
      try TapeDecoder.decode([Int].self, from: list, names: CodeNames(), budget: ReadBudget(1 << 19))
    }
    #expect(throws: TapeProblem.self) { try SampleBlock.read([1, 0, 0, 0, 255, 255, 255, 127]) { _, _, _ in } }
  }
}
