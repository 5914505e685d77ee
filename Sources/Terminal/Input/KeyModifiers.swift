import Canvas

/// Shift, Alt and Ctrl, as the names of keys write them: `Ctrl-Alt-Shift-Up`.
struct KeyModifiers: OptionSet {
  let rawValue: Int
  static let shift = KeyModifiers(rawValue: 1)
  static let alt = KeyModifiers(rawValue: 2)
  static let control = KeyModifiers(rawValue: 4)

  init(rawValue: Int) { self.rawValue = rawValue }

  /// - Parameter parameter: one more than the sum of Shift 1, Alt 2, Ctrl 4, Super 8, Hyper 16, Meta 32, Caps Lock 64, Num Lock 128.
  ///   Source: xterm's "PC-Style Function Keys", kitty's keyboard protocol.
  /// - Returns: nil where the window system's keys are held too: no key of a terminal is meant.
  init?(parameter: Int) {
    guard (1...256).contains(parameter) else { return nil }
    let bits = parameter - 1
    guard bits & 0b11000 == 0 else { return nil }
    self.init(rawValue: bits & 7 | (bits & 32 == 0 ? 0 : 2))
  }
}

extension Key {
  /// The same key with modifiers held.
  func with(_ modifiers: KeyModifiers) -> Key {
    var rest = description[...]
    var all = modifiers
    for (name, one) in Self.modifierNames where rest.count > name.count && rest.hasPrefix(name) {
      rest = rest.dropFirst(name.count)
      all.insert(one)
    }
    return Key(Self.modifierNames.reduce("") { all.contains($1.1) ? $0 + $1.0 : $0 } + rest)
  }

  private static let modifierNames: [(String, KeyModifiers)] = [("Ctrl-", .control), ("Alt-", .alt), ("Shift-", .shift)]
}
