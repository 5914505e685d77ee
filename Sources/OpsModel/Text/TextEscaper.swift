/// The one function that turns bytes from outside into printable text. See `SafeText` for what it promises.
struct TextEscaper {
  private var out = String.UnicodeScalarView()
  private var count = 0
  private var marks = 0
  private var hasBase = false
  private var isCut = false
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func consume<Bytes: Sequence<UInt8>>(_ bytes: Bytes) {
    var decoder = LenientUTF8(bytes.makeIterator())
    var budget = min(limit, .max / 16) * 16  // a flood of marks adds no scalar, so scalars alone would not end the loop
    while !isCut, let unit = decoder.next() {
      budget -= 1
      if budget < 0 { isCut = true }
      switch unit {
      case .scalar(let scalar): append(scalar)
      case .invalid(let byte): escape(byte: byte)
      }
    }
  }

  func finish() -> String {
    var string = String(out)
    if isCut { string += "…" }
    return string
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x7F {
      if value >= 0x20 { base(scalar) } else { control(UInt8(value)) }
    } else if value < 0xA0 {
      value == 0x7F ? escape(byte: 0x7F) : escape(scalar: value)
    } else if DoubtfulScalars.contains(value) {
      escape(scalar: value)
    } else if isMark(scalar) {
      mark(scalar)
    } else {
      base(scalar)
    }
  }

  private func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    let category = scalar.properties.generalCategory
    return category == .nonspacingMark || category == .enclosingMark
  }

  private mutating func base(_ scalar: Unicode.Scalar) {
    guard count < limit else {
      isCut = true
      return
    }
    out.append(scalar)
    count += 1
    marks = 0
    hasBase = true
  }

  /// Two marks on a base are drawn, the rest becomes one `…`: a flood of marks costs two cells and no time.
  private mutating func mark(_ scalar: Unicode.Scalar) {
    if !hasBase { base("\u{25CC}") }
    marks += 1
    if marks <= 2 {
      out.append(scalar)
    } else if marks == 3 {
      literal("…")
      marks = 3
    }
  }

  private mutating func control(_ byte: UInt8) {
    switch byte {
    case 0x0A: literal("\\n")
    case 0x0D: literal("\\r")
    case 0x09: literal("\\t")
    default: escape(byte: byte)
    }
  }

  private mutating func escape(byte: UInt8) {
    let digits = String(byte, radix: 16)
    literal("\\x" + (digits.count == 1 ? "0" + digits : digits))
  }

  private mutating func escape(scalar: UInt32) { literal("\\u{" + String(scalar, radix: 16) + "}") }

  private mutating func literal(_ text: String) {
    let scalars = text.unicodeScalars
    guard count + scalars.count <= limit else {
      isCut = true
      return
    }
    out.append(contentsOf: scalars)
    count += scalars.count
    hasBase = true
    marks = 0
  }
}
