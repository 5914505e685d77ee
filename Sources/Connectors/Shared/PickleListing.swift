import OpsModel

/// Names and strings in a pickle, found by walking over its opcodes (Python's `pickletools`, protocols 0 to 5). Nothing is loaded, made
/// or called: a pickle is a program, and its author need not be a friend.
struct PickleListing {
  static let opcodeLimit = 10_000
  static let stringLimit = 200

  /// `module name` of classes and functions.
  private(set) var names: [SafeText] = []
  private(set) var strings: [SafeText] = []
  private(set) var isWhole = false

  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
    var count = 0
    while count < Self.opcodeLimit, let opcode = rest.popFirst() {
      count += 1
      if opcode == UInt8(ascii: ".") {
        isWhole = true
        break
      }
      guard step(opcode) else { break }
    }
    rest = []
  }

  /// For a line on the screen.
  var words: SafeText {
    let parts = (strings + names).prefix(60)
    let text = SafeText.join(Array(parts), "  ")
    return isWhole ? text : "\(text)  … (not read to its end)"
  }

  /// - Returns: false where the opcode is not known, or the bytes end.
  private mutating func step(_ opcode: UInt8) -> Bool {
    switch opcode {
    case 0x8C: return string(length: 1)
    case UInt8(ascii: "X"), UInt8(ascii: "B"), UInt8(ascii: "T"): return string(length: 4)
    case 0x8D, 0x8E, 0x96: return string(length: 8)
    case UInt8(ascii: "U"), UInt8(ascii: "C"): return string(length: 1)
    case UInt8(ascii: "c"), UInt8(ascii: "i"): return global()
    case UInt8(ascii: "V"), UInt8(ascii: "S"): return line().map { strings.append(SafeText(bytes: $0, limit: Self.stringLimit)) } != nil
    case UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "F"), UInt8(ascii: "g"), UInt8(ascii: "p"), UInt8(ascii: "P"):
      return line() != nil
    case UInt8(ascii: "G"), 0x95: return skip(8)
    case UInt8(ascii: "J"), UInt8(ascii: "j"), UInt8(ascii: "r"), 0x84: return skip(4)
    case UInt8(ascii: "M"), 0x83: return skip(2)
    case UInt8(ascii: "K"), UInt8(ascii: "h"), UInt8(ascii: "q"), 0x80, 0x82: return skip(1)
    case 0x8A: return skipCounted(length: 1)
    case 0x8B: return skipCounted(length: 4)
    default: return Self.plain.contains(opcode)
    }
  }

  /// Opcodes without an argument.
  private static let plain: Set<UInt8> = Set(
    Array("(012NQR])}aebdelostu".utf8) + [0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8F, 0x90, 0x91, 0x92, 0x93, 0x94, 0x97, 0x98])

  private mutating func number(length: Int) -> Int? {
    guard rest.count >= length else { return nil }
    var value = 0
    for (index, byte) in rest.prefix(length).enumerated() where index < 7 { value |= Int(byte) << (8 * index) }
    rest = rest.dropFirst(length)
    return value
  }

  private mutating func string(length: Int) -> Bool {
    guard let count = number(length: length), count <= rest.count else { return false }
    strings.append(SafeText(bytes: rest.prefix(count), limit: Self.stringLimit))
    rest = rest.dropFirst(count)
    return true
  }

  private mutating func global() -> Bool {
    guard let module = line(), let name = line() else { return false }
    names.append(SafeText(bytes: module + [UInt8(ascii: ".")] + name, limit: Self.stringLimit))
    return true
  }

  private mutating func line() -> [UInt8]? {
    guard let end = rest.firstIndex(of: 0x0A) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return Array(rest[..<end])
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard rest.count >= count else { return false }
    rest = rest.dropFirst(count)
    return true
  }

  private mutating func skipCounted(length: Int) -> Bool {
    guard let count = number(length: length) else { return false }
    return skip(count)
  }
}
