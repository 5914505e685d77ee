/// How a terminal with few signs shows characters that it has not: by their numbers, so that different names stay different.
struct GlyphSpelling: Sendable {
  /// The console's own signs, by others that look alike.
  private let substitutes: [UInt32: UInt32]
  /// What the font has.
  private let known: Set<UInt32>

  static let ascii = GlyphSpelling(
    substitutes: [
      0x25B2: 0x21, 0x25C6: 0x2A, 0x25CF: 0x6F, 0x25CB: 0x2E, 0x25C9: 0x40, 0x00B7: 0x2D, 0x203A: 0x3E, 0x2502: 0x7C, 0x2500: 0x2D,
      0x2026: 0x7E, 0x23CE: 0x3C, 0x2192: 0x3E, 0x2191: 0x5E, 0x2193: 0x76, 0x221E: 0x38, 0x2265: 0x3E, 0x2264: 0x3C, 0x25B8: 0x3E,
      0x2014: 0x2D, 0x25CC: 0x6F, 0x258F: 0x5F, 0x25B4: 0x5E, 0x25BE: 0x76, 0x00D7: 0x78, 0x2013: 0x2D, 0x00B1: 0x7E, 0x2514: 0x60,
      0x251C: 0x7C, 0x2039: 0x3C, 0x2022: 0x2A, 0x00B5: 0x75,
    ], known: [])

  /// Signs that all fonts of console-setup and the kernel's own font have, and the letters that the western ones share.
  static let console = GlyphSpelling(
    substitutes: [
      0x25C6: 0x2666, 0x25CF: 0x2022, 0x25CB: 0x6F, 0x25C9: 0x25A0, 0x203A: 0x3E, 0x2026: 0x7E, 0x23CE: 0x3C, 0x221E: 0x38,
      0x25B8: 0x3E, 0x2014: 0x2D, 0x25CC: 0x6F, 0x258F: 0x2502, 0x25B4: 0x25B2, 0x25BE: 0x25BC, 0x00D7: 0x78, 0x2013: 0x2D, 0x2039: 0x3C,
    ],
    known: Set("·│─┌┐└┘├┤┬┴┼█░▒■•▲▼♦←↑→↓≤≥§°±²µ¶ÄÅÆÇÉÑÖÜßàáâäåæçèéêëìíîïñòóôö÷ùúûüÿ".unicodeScalars.map(\.value)))

  /// The sign for a scalar beyond ASCII; nil where there is none.
  func sign(_ value: UInt32) -> UInt32? { substitutes[value] ?? (known.contains(value) ? value : nil) }

  /// - Returns: nil where every character has a sign.
  func spelled(_ text: String) -> String? {
    guard text.utf8.contains(where: { $0 >= 0x80 }), text.unicodeScalars.contains(where: { lacks($0.value) }) else { return nil }
    var out = String.UnicodeScalarView()
    var isOpen = false
    for scalar in text.unicodeScalars {
      let isSpelled = lacks(scalar.value)
      if isSpelled {
        out.append(contentsOf: (isOpen ? " " : "\\u{").unicodeScalars)
        out.append(contentsOf: String(scalar.value, radix: 16).unicodeScalars)
      } else {
        if isOpen { out.append("}") }
        out.append(scalar)
      }
      isOpen = isSpelled
    }
    if isOpen { out.append("}") }
    return String(out)
  }

  private func lacks(_ value: UInt32) -> Bool { value >= 0x7F && sign(value) == nil }

  /// A spelled text that is too long: its head, and a number made of the whole. Two names that share a head stay two names.
  static func cut(_ spelled: String, to width: Int, ellipsis: String) -> String {
    // FNV-1a: the same number on every host and at every start.
    let hash = spelled.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    let digits = String(hash & 0xFFFF, radix: 16)
    let tail = ellipsis + String(repeating: "0", count: 4 - digits.count) + digits
    return String(spelled.prefix(max(0, width - tail.count))) + tail
  }
}
