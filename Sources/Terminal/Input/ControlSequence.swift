import Canvas

/// What is behind CSI: a marker or none, parameters, and the byte that ends it. Source: ECMA-48, 5.4.
struct ControlSequence {
  enum Meaning: Equatable {
    case key(Key)
    case pasteBegin, pasteEnd
    /// The terminal's answer to `CSI 5 n`.
    case answer
    /// - Parameter charactersBehind: characters of a mouse report that follow.
    case unknown(charactersBehind: Int)
  }

  /// One of `<` `=` `>` `?`: no key but a few of xterm's has one.
  private let marker: UInt8?
  /// Numbers between `;`, each with what stands behind `:`. Nil where a number is left out.
  private let parameters: [[Int?]]
  private let final: UInt8

  /// - Returns: nil where it is not well formed, or has parts that no key has.
  init?(_ bytes: [UInt8]) {
    guard let final = bytes.last else { return nil }
    var rest = bytes.dropLast()
    marker = rest.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
    if marker != nil { rest = rest.dropFirst() }
    guard rest.allSatisfy({ (0x30...0x3B).contains($0) }) else { return nil }
    let fields = rest.isEmpty ? [] : String(decoding: rest, as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false)
    parameters = fields.map { $0.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) } }
    self.final = final
  }

  var meaning: Meaning {
    if marker == nil, parameters.count == 1 {
      switch (final, number(0)) {
      case (UInt8(ascii: "~"), 200): return .pasteBegin
      case (UInt8(ascii: "~"), 201): return .pasteEnd
      case (UInt8(ascii: "n"), 0), (UInt8(ascii: "n"), 3): return .answer
      default: break
      }
    }
    if let key { return .key(key) }
    guard marker == nil, parameters.isEmpty else { return .unknown(charactersBehind: 0) }
    // Reports of xterm's modes 9, 1000 and 1001, whose coordinates are no parameters.
    return .unknown(charactersBehind: [UInt8(ascii: "M"): 3, UInt8(ascii: "t"): 2, UInt8(ascii: "T"): 6][final] ?? 0)
  }

  /// Whether a terminal says this by itself. Keys that are not known here have other shapes.
  var isReport: Bool { marker != nil || Array("IOMRcnty".utf8).contains(final) }

  /// The key; nil for every report, and for a key that is let go.
  var key: Key? {
    guard marker == nil || (marker == UInt8(ascii: ">") && parameters.count == 2 && number(0) == 1) else { return nil }
    switch final {
    case UInt8(ascii: "~"): return number(0) == 27 && parameters.count == 3 ? other : numbered([])
    case UInt8(ascii: "^"): return numbered(.control)
    case UInt8(ascii: "$"): return numbered(.shift)
    case UInt8(ascii: "@"): return numbered([.control, .shift])
    case UInt8(ascii: "u"): return parameters.count <= 3 ? coded : nil
    case UInt8(ascii: "Z"): return parameters.count <= 2 ? .backTab : nil
    case UInt8(ascii: "a")...UInt8(ascii: "d"): return parameters.isEmpty ? KeyTable.smallLetter(final)?.with(.shift) : nil
    default: return lettered
    }
  }

  private func number(_ index: Int, part: Int = 0) -> Int? {
    guard index < parameters.count, part < parameters[index].count else { return nil }
    return parameters[index][part]
  }

  /// The modifiers at a place; none where it is left out. Nil where the key is let go, or held with the window system's.
  private func modifiers(_ index: Int) -> KeyModifiers? {
    guard number(index, part: 1) != 3 else { return nil }
    return KeyModifiers(parameter: number(index) ?? 1)
  }

  /// `CSI A`, `CSI 1 ; 5 A`, and `CSI 5 A` of old xterms.
  private var lettered: Key? {
    guard let key = KeyTable.letter(final) else { return nil }
    switch parameters.count {
    case 0: return key
    case 1: return modifiers(0).map { key.with($0) }
    case 2: return number(0) == 1 ? modifiers(1).map { key.with($0) } : nil
    default: return nil
    }
  }

  /// `CSI 5 ~`, `CSI 5 ; 3 ~`, and rxvt's `CSI 5 ^`.
  private func numbered(_ held: KeyModifiers) -> Key? {
    guard marker == nil, parameters.count <= 2, let key = number(0).flatMap(KeyTable.number), let modifiers = modifiers(1) else {
      return nil
    }
    return key.with(modifiers.union(held))
  }

  /// xterm's `CSI 27 ; modifiers ; character ~`. The character is the one that Shift makes.
  private var other: Key? {
    guard let code = number(2), let modifiers = modifiers(1) else { return nil }
    return Self.key(code, modifiers, isShifted: true)
  }

  /// `CSI character : shifted ; modifiers : event u`.
  private var coded: Key? {
    guard let code = number(0), let modifiers = modifiers(1) else { return nil }
    if let key = KeyTable.functional(code) { return key.with(modifiers) }
    if modifiers.contains(.shift), let shifted = number(0, part: 1) { return Self.key(shifted, modifiers, isShifted: true) }
    return Self.key(code, modifiers, isShifted: false)
  }

  private static func key(_ code: Int, _ modifiers: KeyModifiers, isShifted: Bool) -> Key? {
    // Tab, Enter, Esc and Backspace are sent by their codes; other controls are sent as letters with Ctrl.
    if code == 27 { return Key.escape.with(modifiers) }
    if code == 9 || code == 13 || code == 127 { return KeyTable.control(UInt8(code))?.with(modifiers) }
    guard code >= 0x20, !(0xE000...0xF8FF).contains(code), let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
    let isLetter = (0x41...0x5A).contains(code & ~0x20)
    if modifiers.contains(.control) {
      guard isLetter, let key = KeyTable.control(UInt8(code & 0x1F)) else { return nil }
      return key.with(modifiers.subtracting(.control))
    }
    guard modifiers.contains(.shift) else { return Key(scalar).with(modifiers) }
    if isLetter { return Key(Unicode.Scalar(UInt8(code & ~0x20))).with(modifiers.subtracting(.shift)) }
    // Which sign Shift makes depends on the keyboard, and this terminal does not say.
    return isShifted ? Key(scalar).with(modifiers.subtracting(.shift)) : nil
  }
}
