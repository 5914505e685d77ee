import CNcurses

/// Puts the bytes of a character beyond ASCII together: UTF-8, or what the locale says.
struct CharacterGatherer {
  enum Step: Equatable {
    case waiting
    case scalar(Unicode.Scalar)
    /// The bytes so far are no character.
    case dropped
    /// This byte is no part of a character; what was open is dropped.
    case notTaken
  }

  private var bytes: [UInt8] = []
  let isUTF8: Bool

  init(isUTF8: Bool) { self.isUTF8 = isUTF8 }

  var isOpen: Bool { !bytes.isEmpty }

  mutating func take(_ byte: UInt8) -> Step { isUTF8 ? unicode(byte) : locale(byte) }

  private mutating func unicode(_ byte: UInt8) -> Step {
    if isOpen && !followers(bytes).contains(byte) { bytes = [] }
    if bytes.isEmpty && !(0xC2...0xF4).contains(byte) { return .notTaken }
    bytes.append(byte)
    guard bytes.count == length(bytes[0]) else { return .waiting }
    defer { bytes = [] }
    guard let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first else { return .dropped }
    return .scalar(scalar)
  }

  /// What may follow the bytes so far. The second byte has narrower limits behind some first ones. Source: Unicode, table 3-7.
  private func followers(_ bytes: [UInt8]) -> ClosedRange<UInt8> {
    guard bytes.count == 1 else { return 0x80...0xBF }
    switch bytes[0] {
    case 0xE0: return 0xA0...0xBF
    case 0xED: return 0x80...0x9F
    case 0xF0: return 0x90...0xBF
    case 0xF4: return 0x80...0x8F
    default: return 0x80...0xBF
    }
  }

  private func length(_ first: UInt8) -> Int { first < 0xE0 ? 2 : (first < 0xF0 ? 3 : 4) }

  private mutating func locale(_ byte: UInt8) -> Step {
    bytes.append(byte)
    var value: UInt32 = 0
    let used = ops_term_character(bytes, bytes.count, &value)
    // No charset has more bytes for a character.
    if used == 0 && bytes.count < 8 { return .waiting }
    defer { bytes = [] }
    if used > 0, let scalar = Unicode.Scalar(value) { return .scalar(scalar) }
    return byte < 0x80 || bytes.count == 1 ? .notTaken : .dropped
  }

  /// Pasted bytes as text.
  func text(_ bytes: [UInt8]) -> String {
    var gatherer = CharacterGatherer(isUTF8: isUTF8)
    var out = String.UnicodeScalarView()
    for byte in bytes {
      let step = gatherer.isOpen || byte >= 0x80 ? gatherer.take(byte) : .notTaken
      if case .scalar(let scalar) = step { out.append(scalar) }
      if step == .notTaken && byte < 0x80 { out.append(Unicode.Scalar(byte)) }
    }
    return String(out)
  }
}
