/// What may stand between the characters of a secret, or be laid over its spelling as a whole: one automaton, shared by all words.
///
/// An edge to `SpellingTable.finish` ends what is passed over; one to a number below it stands for a byte (`byte(of:)`), which is then
/// read as a byte of the spelling. So JSON within percent-encoding needs no table of its own.
struct SpellingLayers: Sendable {
  private(set) var table = SpellingTable()
  let root: Int
  /// Without what stands between characters.
  let over: Int
  /// Bytes with which one begins.
  let begins: [Bool]

  init() {
    root = table.node()
    let sign = table.node()
    table.edge(root, "\\", sign)
    table.edge(sign, "\\", sign)
    Self.control(&table, root, sign)
    over = table.node()
    Self.codes(&table, root, over, sign)
    var begins = [Bool](repeating: false, count: 256)
    for edge in table.nodes[root] { begins[Int(edge.byte)] = true }
    self.begins = begins
  }

  /// The byte that this target stands for.
  static func byte(of target: Int) -> UInt8? { target < SpellingTable.finish ? UInt8(SpellingTable.finish - 1 - target) : nil }

  private static func target(_ byte: UInt8) -> Int { SpellingTable.finish - 1 - Int(byte) }

  /// Control sequences of terminals (ECMA-48 5.4, xterm's OSC): as bytes, escaped by JSON and languages, and as `cat -v` shows them.
  private static func control(_ table: inout SpellingTable, _ root: Int, _ sign: Int) {
    let escape = table.node()
    table.edge(root, [0x1B], escape)
    for code in ["u001b", "u001B", "u{1b}", "u{1B}", "x1b", "x1B", "033", "e", "E"] { table.chain(sign, code, escape) }
    let caret = table.node()
    table.edge(root, "^", caret)
    table.edge(caret, "[", escape)
    // Every second byte of UTF-16.
    table.edge(root, [0], SpellingTable.finish)
    table.edge(caret, "@", SpellingTable.finish)
    for code in ["u0000", "x00", "000", "0"] { table.chain(sign, code) }

    let parameters = table.node()
    table.edge(escape, "[", parameters)
    table.edge(parameters, 0x20...0x3F, parameters)
    table.edge(parameters, 0x40...0x7E, SpellingTable.finish)
    let between = table.node()
    table.edge(escape, 0x20...0x2F, between)
    table.edge(between, 0x20...0x2F, between)
    table.edge(between, 0x30...0x7E, SpellingTable.finish)
    let strings = Array("]PX^_".utf8)
    table.edge(escape, ([UInt8](0x30...0x7E)).filter { $0 != UInt8(ascii: "[") && !strings.contains($0) }, SpellingTable.finish)
    let text = table.node()
    table.edge(escape, strings, text)
    string(&table, text)
  }

  /// Up to BEL or ST; it has no control character.
  private static func string(_ table: inout SpellingTable, _ text: Int) {
    let end = table.node()
    let escaped = table.node()
    table.edge(text, 0x20...0xFF, text)
    table.edge(text, [7], SpellingTable.finish)
    table.edge(text, [0x1B], end)
    table.edge(text, "\\", escaped)
    table.edge(escaped, "\\", escaped)
    for code in ["u001b", "u001B", "x1b", "x1B", "033", "e", "E"] { table.chain(escaped, code, end) }
    for code in ["u0007", "x07", "007", "a"] { table.chain(escaped, code) }
    table.chain(text, "^G")
    table.chain(text, "^[", end)
    // Escaped, the backslash of ST is doubled, each time.
    table.edge(end, "\\", end)
    table.edge(end, "\\", SpellingTable.finish)
  }

  /// Percent-encoding, HTML's numbers and names, and JSON's numbers for HTML's signs, over another spelling.
  private static func codes(_ table: inout SpellingTable, _ root: Int, _ over: Int, _ sign: Int) {
    let percent = table.node()
    for from in [root, over] { table.edge(from, "%", percent) }
    table.chain(percent, "25", percent)
    numbers(&table, percent)
    let unicode = table.node()
    table.chain(sign, "u00", unicode)
    let slash = table.node()
    table.edge(over, "\\", slash)
    table.edge(slash, "\\", slash)
    table.chain(slash, "u00", unicode)
    numbers(&table, unicode)
    let entity = table.node()
    for from in [root, over] { table.edge(from, "&", entity) }
    table.chain(entity, "amp;", entity)
    for byte in [UInt8](0x21...0x7E) {
      for name in EntityNames.of(UInt32(byte)) { table.chain(entity, name + ";", target(byte)) }
    }
    for byte in Array("\"'&<>\\`=/".utf8) {
      for number in ["#\(byte);", "#0\(byte);", "#x\(String(byte, radix: 16));", "#x\(String(byte, radix: 16, uppercase: true));"] {
        table.chain(entity, number, target(byte))
      }
    }
  }

  /// Two hexadecimal digits of printable ASCII.
  private static func numbers(_ table: inout SpellingTable, _ from: Int) {
    for high in [UInt8](2...7) {
      let next = table.node()
      table.edge(from, SpellingTable.hex(UInt32(high), digits: 1)[0], next)
      for low in [UInt8](0...15) { table.edge(next, SpellingTable.hex(UInt32(low), digits: 1)[0], target(high << 4 | low)) }
    }
  }
}
