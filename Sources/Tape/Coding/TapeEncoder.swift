import OpsModel

/// Writes values of the model as bytes, by their `Codable` conformance.
final class TapeEncoder: Encoder {
  private(set) var names: CodeNames
  fileprivate var writer = ByteWriter()
  /// Objects and arrays that the value under way has opened and that are not ended yet.
  fileprivate var open = 0

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(names: CodeNames) { self.names = names }

  /// What there is of names is on the tape now.
  func wrote() { names.written = names.list.count }

  func encode(_ value: some Encodable) throws -> [UInt8] {
    writer = ByteWriter()
    open = 0
    try put(value)
    return writer.bytes
  }

  /// Numbers of the names of each type of keys, by the byte that a key is: a name need not be looked up for every field of every row.
  private var tables: [ObjectIdentifier: KeyTable] = [:]

  fileprivate func table<Key: CodingKey>(of type: Key.Type) -> KeyTable {
    if let known = tables[ObjectIdentifier(type)] { return known }
    let new = KeyTable()
    tables[ObjectIdentifier(type)] = new
    return new
  }

  fileprivate func key<Key: CodingKey>(_ key: Key, _ table: KeyTable) {
    writer.put(number: table.number(of: key) { UInt64(names.number(of: $0)) + CodeNames.first })
  }

  /// One value, with the ends of what it opened.
  fileprivate func put<Value: Encodable>(_ value: Value) throws {
    // The common ones without a container each, and without asking for their type again.
    if Value.self == SafeText.self { return writer.put(unsafeBitCast(value, to: SafeText.self).text) }
    if Value.self == Double.self { return writer.put(unsafeBitCast(value, to: Double.self)) }
    if Value.self == Int.self { return writer.put(unsafeBitCast(value, to: Int.self)) }
    if Value.self == Bool.self { return writer.put(unsafeBitCast(value, to: Bool.self) ? .yes : .no) }
    if Value.self == String.self { return writer.put(unsafeBitCast(value, to: String.self)) }
    if Value.self == [UInt8].self { return writer.put(unsafeBitCast(value, to: [UInt8].self)) }
    let outer = open
    open = 0
    let start = writer.bytes.count
    try value.encode(to: self)
    for _ in 0..<open { writer.put(.end) }
    open = outer
    // A value that says nothing of itself still takes its place.
    if writer.bytes.count == start { writer.put(.null) }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    writer.put(.object)
    open += 1
    return KeyedEncodingContainer(TapeKeyedEncoding<Key>(encoder: self, table: table(of: type)))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    writer.put(.array)
    open += 1
    return TapeListEncoding(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { TapeSingleEncoding(encoder: self) }
}

/// Which number each key of one type has.
private final class KeyTable {
  /// Zero where it was not asked for yet: numbers begin at `CodeNames.first`.
  private var numbers: [UInt64] = []

  func number<Key: CodingKey>(of key: Key, _ find: (String) -> UInt64) -> UInt64 {
    // Keys that the compiler makes are cases without values: one byte tells them apart.
    guard MemoryLayout<Key>.size == 1 else { return find(key.stringValue) }
    let place = Int(withUnsafeBytes(of: key) { $0[0] })
    if place < numbers.count, numbers[place] > 0 { return numbers[place] }
    while numbers.count <= place { numbers.append(0) }
    numbers[place] = find(key.stringValue)
    return numbers[place]
  }
}

private struct TapeKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: TapeEncoder
  let table: KeyTable
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil(forKey key: Key) throws {
    encoder.key(key, table)
    encoder.writer.put(.null)
  }

  mutating func encode(_ value: Bool, forKey key: Key) throws {
    encoder.key(key, table)
    encoder.writer.put(value ? .yes : .no)
  }

  mutating func encode(_ value: Int, forKey key: Key) throws {
    encoder.key(key, table)
    encoder.writer.put(value)
  }

  mutating func encode(_ value: Double, forKey key: Key) throws {
    encoder.key(key, table)
    encoder.writer.put(value)
  }

  mutating func encode(_ value: String, forKey key: Key) throws {
    encoder.key(key, table)
    encoder.writer.put(value)
  }

  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    encoder.key(key, table)
    try encoder.put(value)
  }

  mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
    encoder.key(key, table)
    return encoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.key(key, table)
    return encoder.unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { encoder }
  mutating func superEncoder(forKey key: Key) -> any Encoder { encoder }
}

private struct TapeListEncoding: UnkeyedEncodingContainer {
  let encoder: TapeEncoder
  var codingPath: [any CodingKey] { [] }
  private(set) var count = 0

  init(encoder: TapeEncoder) { self.encoder = encoder }

  mutating func encodeNil() throws {
    count += 1
    encoder.writer.put(.null)
  }

  mutating func encode<Value: Encodable>(_ value: Value) throws {
    count += 1
    try encoder.put(value)
  }

  mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
    encoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
  mutating func superEncoder() -> any Encoder { encoder }
}

private struct TapeSingleEncoding: SingleValueEncodingContainer {
  let encoder: TapeEncoder
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() throws { encoder.writer.put(.null) }
  mutating func encode(_ value: String) throws { encoder.writer.put(value) }
  mutating func encode(_ value: Bool) throws { encoder.writer.put(value ? .yes : .no) }
  mutating func encode(_ value: Double) throws { encoder.writer.put(value) }
  mutating func encode(_ value: Float) throws { encoder.writer.put(Double(value)) }
  mutating func encode(_ value: Int) throws { encoder.writer.put(value) }
  mutating func encode(_ value: Int8) throws { encoder.writer.put(Int(value)) }
  mutating func encode(_ value: Int16) throws { encoder.writer.put(Int(value)) }
  mutating func encode(_ value: Int32) throws { encoder.writer.put(Int(value)) }
  mutating func encode(_ value: Int64) throws { encoder.writer.put(Int(value)) }
  mutating func encode(_ value: UInt) throws { encoder.writer.put(Int(bitPattern: value)) }
  mutating func encode(_ value: UInt8) throws { encoder.writer.put(Int(value)) }
  mutating func encode(_ value: UInt16) throws { encoder.writer.put(Int(value)) }
  mutating func encode(_ value: UInt32) throws { encoder.writer.put(Int(value)) }
  mutating func encode(_ value: UInt64) throws { encoder.writer.put(Int(bitPattern: UInt(value))) }
  mutating func encode<Value: Encodable>(_ value: Value) throws { try encoder.put(value) }
}
