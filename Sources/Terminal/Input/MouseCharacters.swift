/// The characters behind `CSI M` of an X10 mouse report: button, column, row. Each is one byte, or two bytes of UTF-8 where a
/// column or row is 96 or more. A place beyond 223 is sent as NUL by xterm, and modulo 256 by others. Source: xterm's control sequences, "Mouse Tracking", modes 9, 1000 and 1005.
struct MouseCharacters: Equatable {
  private var rest: Int
  private var mayHaveSecond = false

  init(rest: Int) { self.rest = rest }

  var isComplete: Bool { rest == 0 && !mayHaveSecond }

  /// - Returns: false where the report was complete before this byte.
  mutating func take(_ byte: UInt8) -> Bool {
    if mayHaveSecond {
      mayHaveSecond = false
      if (0x80...0xBF).contains(byte) { return true }
      if rest == 0 { return false }
    }
    rest -= 1
    mayHaveSecond = (0xC2...0xDF).contains(byte)
    return true
  }
}
