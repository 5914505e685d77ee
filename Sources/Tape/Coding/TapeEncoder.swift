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

  fileprivate func key(_ key: some CodingKey) {
    writer.put(number: UInt64(names.number(of: key.stringValue)) + CodeNames.first)
  }

  /// One value, with the ends of what it opened.
  fileprivate func put<Value: Encodable>(_ value: Value) throws {
    // The common ones without a container each.
    if Value.self == SafeText.self, let text = value as? SafeText { return writer.put(text.text) }
    if Value.self == Double.self, let number = value as? Double { return writer.put(number) }
    if Value.self == Int.self, let number = value as? Int { return writer.put(number) }
    if Value.self == Bool.self, let flag = value as? Bool { return writer.put(flag ? .yes : .no) }
    if Value.self == String.self, let text = value as? String { return writer.put(text) }
    if Value.self == [UInt8].self, let data = value as? [UInt8] { return writer.put(data) }
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
    return KeyedEncodingContainer(TapeKeyedEncoding<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    writer.put(.array)
    open += 1
    return TapeListEncoding(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { TapeSingleEncoding(encoder: self) }
}

private struct TapeKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: TapeEncoder
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil(forKey key: Key) throws {
    encoder.key(key)
    encoder.writer.put(.null)
  }

  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    encoder.key(key)
    try encoder.put(value)
  }

  mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
    encoder.key(key)
    return encoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.key(key)
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
