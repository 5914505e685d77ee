/// What begins a sequence: a control character of ECMA-48, as one byte or as `ESC` and a letter.
enum Introducer: Equatable {
  /// CSI: parameters, and a letter or sign that ends it.
  case control
  /// SS3: one character, or a modifier before it.
  case single
  /// SS2, and the VT52's `ESC ?`: one character.
  case oneMore
  /// OSC, DCS, APC, SOS, PM: text up to ST.
  case string(StringForm)

  /// By a byte beyond ASCII, as terminals send them that write controls in eight bits.
  init?(_ byte: UInt8) {
    switch byte {
    case 0x9B: self = .control
    case 0x8F: self = .single
    case 0x8E: self = .oneMore
    case 0x9D: self = .string(StringForm(isCommand: true, isEightBit: true))
    case 0x90, 0x98, 0x9E, 0x9F: self = .string(StringForm(isCommand: false, isEightBit: true))
    default: return nil
    }
  }

  /// By the byte behind `ESC`.
  init?(escaped byte: UInt8) {
    switch byte {
    case UInt8(ascii: "["): self = .control
    case UInt8(ascii: "O"): self = .single
    case UInt8(ascii: "N"), UInt8(ascii: "?"): self = .oneMore
    case UInt8(ascii: "]"): self = .string(StringForm(isCommand: true, isEightBit: false))
    case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      self = .string(StringForm(isCommand: false, isEightBit: false))
    default: return nil
    }
  }
}

/// How a string ends, beside `ESC \`.
struct StringForm: Equatable {
  /// An OSC, which xterm ends by BEL too.
  let isCommand: Bool
  /// Begun by one byte: ST is one byte as well. In UTF-8 that byte may be a part of a character.
  let isEightBit: Bool

  func ends(_ byte: UInt8) -> Bool { (byte == 0x07 && isCommand) || (byte == 0x9C && isEightBit) }
}
