/// Bytes as hexadecimal digits with what is printable beside them, sixteen in a line.
public enum HexDump {
  public static func lines(_ bytes: some Collection<UInt8>) -> [SafeText] {
    let all = Array(bytes)
    return stride(from: 0, to: all.count, by: 16).map { start in
      let row = all[start..<min(start + 16, all.count)]
      let digits = row.map { two($0) }.joined(separator: " ")
      let gap = String(repeating: " ", count: (16 - row.count) * 3 + 2)
      let plain = row.map { $0 >= 0x20 && $0 < 0x7F ? String(UnicodeScalar($0)) : "." }.joined()
      return SafeText(checked: "\(offset(start))  \(digits)\(gap)\(plain)")
    }
  }

  private static func two(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
  }

  private static func offset(_ value: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 4 - text.count)) + text
  }
}
