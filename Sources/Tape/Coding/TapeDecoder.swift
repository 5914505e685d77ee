import OpsModel

/// Reads what `TapeEncoder` wrote. What a later version does not write any more, or an earlier one did not yet, reads as nothing: zero,
/// an empty text, an empty list, false.
struct TapeDecoder: Decoder {
  let bytes: [UInt8]
  let names: CodeNames
  /// Where the value begins; nil where it is missing.
  let place: Int?
  let budget: ReadBudget
  var level = 0

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], names: CodeNames, budget: ReadBudget = ReadBudget()
  ) throws -> Value {
    try TapeDecoder(bytes: bytes, names: names, place: 0, budget: budget).value(type, at: 0)
  }

  /// The value of a place; nil for one that is missing.
  func value<Value: Decodable>(_ type: Value.Type, at place: Int?) throws -> Value {
    if level > ByteReader.depth { throw TapeProblem.damaged("values stand too deep in each other") }
    if type == String.self, let out = try text(place) as? Value { return out }
    if type == SafeText.self, let out = SafeText(escaping: try text(place)) as? Value { return out }
    if type == Double.self, let out = try double(place) as? Value { return out }
    if type == Int.self, let out = try count(place) as? Value { return out }
    if type == Bool.self, let out = (place.map { bytes[$0] == CodeTag.yes.rawValue } ?? false) as? Value { return out }
    if type == [UInt8].self, let out = try data(place) as? Value { return out }
    return try Value(from: TapeDecoder(bytes: bytes, names: names, place: place, budget: budget, level: level + 1))
  }

  private func reader(_ place: Int?) -> ByteReader? {
    guard let place, place < bytes.count, bytes[place] != CodeTag.null.rawValue else { return nil }
    return ByteReader(bytes, at: place)
  }

  func integer(_ place: Int?) throws -> Int {
    guard var reader = reader(place) else { return 0 }
    switch try reader.tag() {
    case .integer: return try reader.integer()
    case .double: return Int(clamped: try reader.double())
    default: throw TapeProblem.damaged("a number is none")
    }
  }

  /// Of something that is counted: sums of a million of them still are numbers.
  func count(_ place: Int?) throws -> Int { max(-Self.largest, min(try integer(place), Self.largest)) }

  private static let largest = 1_000_000_000_000_000

  func double(_ place: Int?) throws -> Double {
    guard var reader = reader(place) else { return 0 }
    switch try reader.tag() {
    case .integer: return Double(try reader.integer())
    case .double: return try reader.double()
    default: throw TapeProblem.damaged("a number is none")
    }
  }

  func text(_ place: Int?) throws -> String {
    guard var reader = reader(place) else { return "" }
    guard try reader.tag() == .text else { throw TapeProblem.damaged("a text is none") }
    return String(decoding: try reader.slice(), as: UTF8.self)
  }

  func data(_ place: Int?) throws -> [UInt8] {
    guard var reader = reader(place) else { return [] }
    guard try reader.tag() == .bytes else { throw TapeProblem.damaged("bytes are none") }
    return Array(try reader.slice())
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(TapeKeyedDecoding<Key>(decoder: self, pairs: try pairs()))
  }

  /// Numbers of names and where their values begin.
  private func pairs() throws -> [(name: UInt64, place: Int)] {
    guard var reader = reader(place) else { return [] }
    guard try reader.tag() == .object else { throw TapeProblem.damaged("an object is none") }
    var out: [(UInt64, Int)] = []
    while try !reader.takeEnd() {
      let name = try reader.number()
      guard name >= CodeNames.first else { throw TapeProblem.damaged("a name has no number") }
      try budget.take(MemoryLayout<(UInt64, Int)>.stride)
      out.append((name - CodeNames.first, reader.place))
      try reader.skip()
    }
    return out
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard var reader = reader(place) else { return TapeListDecoding(decoder: self, places: []) }
    guard try reader.tag() == .array else { throw TapeProblem.damaged("a list is none") }
    var places: [Int] = []
    while try !reader.takeEnd() {
      try budget.take(MemoryLayout<Int>.stride)
      places.append(reader.place)
      try reader.skip()
    }
    return TapeListDecoding(decoder: self, places: places)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { TapeSingleDecoding(decoder: self) }
}
