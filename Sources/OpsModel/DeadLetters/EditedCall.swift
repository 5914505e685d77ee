/// Arguments as an operator types them: a JSON list, and behind it a JSON object of named ones where the system has them. The text is kept as
/// it was typed: no number loses a digit.
public struct EditedCall: Equatable, Sendable {
  public let list: [UInt8]
  /// `{}` where none were given.
  public let named: [UInt8]

  /// Bytes that are read at most.
  public static let limit = 65_536

  /// Nil where the text is anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.limit, let first = JSONCheck.end(of: bytes, from: 0, wanted: UInt8(ascii: "[")) else { return nil }
    list = Array(bytes[first.start..<first.end])
    guard !Self.isBlank(bytes[first.end...]) else {
      named = Array("{}".utf8)
      return
    }
    guard let second = JSONCheck.end(of: bytes, from: first.end, wanted: UInt8(ascii: "{")), Self.isBlank(bytes[second.end...]) else {
      return nil
    }
    named = Array(bytes[second.start..<second.end])
  }

  private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { $0 <= 0x20 } }

  public var hasNamed: Bool { !JSONScan.isEmpty(named[...]) }

  /// Stored arguments as an operator would have typed them; nil where they can not be taken for such, or are too long for a line.
  public static func text(list: JSONScan.Slice?, named: JSONScan.Slice?) -> String? {
    guard let list else { return nil }
    let isPlain = named.map { JSONScan.isEmpty($0) } ?? true
    let bytes = isPlain ? Array(list) : Array(list) + [0x20] + Array(named ?? [])
    guard bytes.count <= 4_096, let text = String(validating: bytes, as: UTF8.self), EditedCall(text) != nil else { return nil }
    return text
  }
}
