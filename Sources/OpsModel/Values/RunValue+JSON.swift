extension RunValue {
  /// JSON for a server: every text byte by byte as it is, escaped as JSON wants it and not as people read it.
  public var jsonBytes: [UInt8] {
    var out: [UInt8] = []
    write(into: &out)
    return out
  }

  private func write(into out: inout [UInt8]) {
    switch self {
    case .null: out += Array("null".utf8)
    case .bool(let flag): out += Array((flag ? "true" : "false").utf8)
    case .int(let number): out += Array(String(number).utf8)
    case .number(let number): out += Array((number.isFinite ? String(number) : "null").utf8)
    case .text(let text): Self.quote(text, into: &out)
    case .list(let list): Self.join(list, "[", "]", into: &out) { $0.write(into: &$1) }
    case .map(let map):
      Self.join(map.sorted { $0.key < $1.key }, "{", "}", into: &out) { pair, out in
        Self.quote(pair.key, into: &out)
        out.append(UInt8(ascii: ":"))
        pair.value.write(into: &out)
      }
    }
  }

  private static func join<Element>(
    _ list: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar, into out: inout [UInt8], _ body: (Element, inout [UInt8]) -> Void
  ) {
    out.append(UInt8(ascii: open))
    for (index, element) in list.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      body(element, &out)
    }
    out.append(UInt8(ascii: close))
  }

  private static func quote(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        out += Array("\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
