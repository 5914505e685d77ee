import Canvas

/// Keys by the last byte or the number of their sequence.
enum KeyTable {
  /// One control byte; nil for those that are no keys here.
  static func control(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x08, 0x7F: .backspace
    case 0x09: .tab
    case 0x0A, 0x0D: .enter
    case 0x01...0x1A: Key("Ctrl-" + String(Character(Unicode.Scalar(byte + 0x40))))
    default: nil
    }
  }

  /// Behind `CSI [`: the Linux console's F1 to F5.
  static func linux(_ byte: UInt8) -> Key? {
    (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(byte) ? Key("F\(byte - UInt8(ascii: "A") + 1)") : nil
  }

  /// Behind CSI or SS3, and behind a modifier.
  static func letter(_ byte: UInt8) -> Key? {
    switch byte {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "P")...UInt8(ascii: "S"): Key("F\(byte - UInt8(ascii: "P") + 1)")
    default: nil
    }
  }

  /// rxvt's arrows with Shift (CSI) or Ctrl (SS3).
  static func smallLetter(_ byte: UInt8) -> Key? {
    (UInt8(ascii: "a")...UInt8(ascii: "d")).contains(byte) ? letter(byte - 0x20) : nil
  }

  /// Before `~`, and before rxvt's `^`, `$` and `@`. Home and End have two numbers: PuTTY, screen and linux send 1 and 4, rxvt 7 and 8.
  static func number(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 2: Key("Insert")
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: Key("F\(number - 10)")
    case 17...21: Key("F\(number - 11)")
    case 23...26: Key("F\(number - 12)")
    case 28, 29: Key("F\(number - 13)")
    case 31...34: Key("F\(number - 14)")
    default: nil
    }
  }

  /// Keys with a number of their own in kitty's keyboard protocol: the numeric keypad, and F13 to F20.
  static func functional(_ code: Int) -> Key? {
    switch code {
    case 57_399...57_408: Key(String(code - 57_399))
    case 57_409...57_413: Key(Unicode.Scalar(Array("./*-+".utf8)[code - 57_409]))
    case 57_414: .enter
    case 57_415: Key("=")
    case 57_417...57_426:
      [Key.left, .right, .up, .down, .pageUp, .pageDown, .home, .end, Key("Insert"), .delete][code - 57_417]
    case 57_376...57_383: Key("F\(code - 57_363)")
    default: nil
    }
  }
}
