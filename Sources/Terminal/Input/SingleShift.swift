import Canvas

/// What is behind SS3: a modifier or none, and one character. Sources: xterm's control sequences, "VT220-Style Function Keys"; terminfo's
/// `xterm+sl`, `rxvt+pcfkeys`.
enum SingleShift {
  static func key(_ bytes: [UInt8]) -> Key? {
    guard let last = bytes.last, let modifiers = modifiers(bytes.dropLast()) else { return nil }
    if let key = KeyTable.letter(last) { return key.with(modifiers) }
    if let key = KeyTable.smallLetter(last) { return key.with(modifiers.union(.control)) }
    return keypad(last)?.with(modifiers)
  }

  /// `5` or `1;5`.
  private static func modifiers(_ bytes: ArraySlice<UInt8>) -> KeyModifiers? {
    if bytes.isEmpty { return [] }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: ";")
    guard parts.count <= 2, let number = parts.last.flatMap({ Int($0) }) else { return nil }
    return KeyModifiers(parameter: number)
  }

  /// The numeric keypad in its application mode.
  private static func keypad(_ byte: UInt8) -> Key? {
    switch byte {
    case UInt8(ascii: " "): Key("Space")
    case UInt8(ascii: "I"): .tab
    case UInt8(ascii: "M"): .enter
    case UInt8(ascii: "X"): Key("=")
    case UInt8(ascii: "j")...UInt8(ascii: "y"): Key(Unicode.Scalar(byte - 0x40))
    default: nil
    }
  }
}
