import OpsModel

/// Fields of an object.
struct TapeKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: TapeDecoder
  let pairs: [(name: UInt64, place: Int)]

  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { pairs.compactMap { pair in name(pair.name).flatMap { Key(stringValue: $0) } } }

  private func name(_ number: UInt64) -> String? {
    number < UInt64(decoder.names.list.count) ? decoder.names.list[Int(number)] : nil
  }

  private func place(_ key: Key) -> Int? {
    guard let number = decoder.names.known(key.stringValue) else { return nil }
    return pairs.first { $0.name == UInt64(number) }?.place
  }

  func contains(_ key: Key) -> Bool { place(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { place(key).map { decoder.bytes[$0] == CodeTag.null.rawValue } ?? true }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try decoder.value(type, at: place(key)) }

  private func inner(_ key: Key) -> TapeDecoder {
    TapeDecoder(bytes: decoder.bytes, names: decoder.names, place: place(key), budget: decoder.budget, level: decoder.level + 1)
  }

  func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) throws -> KeyedDecodingContainer<Inner> {
    try inner(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try inner(key).unkeyedContainer() }
  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { inner(key) }
}

/// Values of a list, in order.
struct TapeListDecoding: UnkeyedDecodingContainer {
  let decoder: TapeDecoder
  let places: [Int]
  private(set) var currentIndex = 0

  init(decoder: TapeDecoder, places: [Int]) {
    self.decoder = decoder
    self.places = places
  }

  var codingPath: [any CodingKey] { [] }
  var count: Int? { places.count }
  var isAtEnd: Bool { currentIndex >= places.count }

  private mutating func next() throws -> Int {
    guard !isAtEnd else { throw TapeProblem.damaged("a list is too short") }
    defer { currentIndex += 1 }
    return places[currentIndex]
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, decoder.bytes[places[currentIndex]] == CodeTag.null.rawValue else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try decoder.budget.take(MemoryLayout<Value>.stride)
    return try decoder.value(type, at: try next())
  }

  private mutating func inner() throws -> TapeDecoder {
    TapeDecoder(bytes: decoder.bytes, names: decoder.names, place: try next(), budget: decoder.budget, level: decoder.level + 1)
  }

  mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) throws -> KeyedDecodingContainer<Inner> {
    try inner().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try inner().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { decoder }
}

/// A value by itself.
struct TapeSingleDecoding: SingleValueDecodingContainer {
  let decoder: TapeDecoder

  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { decoder.place.map { decoder.bytes[$0] == CodeTag.null.rawValue } ?? true }
  func decode(_ type: String.Type) throws -> String { try decoder.text(decoder.place) }
  func decode(_ type: Bool.Type) throws -> Bool { try decoder.value(type, at: decoder.place) }
  func decode(_ type: Double.Type) throws -> Double { try decoder.double(decoder.place) }
  func decode(_ type: Float.Type) throws -> Float { Float(try decoder.double(decoder.place)) }
  func decode(_ type: Int.Type) throws -> Int { try decoder.count(decoder.place) }
  func decode(_ type: Int8.Type) throws -> Int8 { try whole() }
  func decode(_ type: Int16.Type) throws -> Int16 { try whole() }
  func decode(_ type: Int32.Type) throws -> Int32 { try whole() }
  func decode(_ type: Int64.Type) throws -> Int64 { try whole() }
  func decode(_ type: UInt.Type) throws -> UInt { UInt(bitPattern: try decoder.integer(decoder.place)) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try whole() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try whole() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try whole() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { UInt64(bitPattern: Int64(try decoder.integer(decoder.place))) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.value(type, at: decoder.place) }

  private func whole<Number: FixedWidthInteger>() throws -> Number {
    guard let number = Number(exactly: try decoder.integer(decoder.place)) else { throw TapeProblem.damaged("a number is too large") }
    return number
  }
}
