import OpsModel

/// Takes secrets out of what a program prints, as the bytes come: also where one is split between two reads, or stands there in base64, in
/// percent-encoding or escaped as in JSON.
public struct SecretMask: Sendable {
  /// A shorter one would be found in everything.
  public static let shortest = 6
  static let mark = Array("••••••".utf8)

  /// The longest first, so that one which begins another does not leave its end behind.
  private let forms: [[UInt8]]
  private let longest: Int
  /// Bytes with which a form begins: nearly all others are passed over by one look.
  private let begins: [Bool]
  private var held: [UInt8] = []

  /// Where there is nothing to be kept out.
  public static let nothing = SecretMask()

  private init() {
    forms = []
    longest = 0
    begins = []
  }

  /// - Throws: `ExpressionProblem` for a secret that is too short to be kept out.
  public init(_ secrets: [[UInt8]]) throws(ExpressionProblem) {
    var all: Set<[UInt8]> = []
    for secret in secrets where !secret.isEmpty {
      guard secret.count >= Self.shortest else {
        throw ExpressionProblem("a secret of less than \(Self.shortest) bytes can not be kept out of what is printed")
      }
      all.formUnion(Self.forms(of: secret))
    }
    forms = all.sorted { $0.count > $1.count }
    longest = forms.first?.count ?? 0
    var begins = [Bool](repeating: false, count: 256)
    for form in forms { if let first = form.first { begins[Int(first)] = true } }
    self.begins = begins
  }

  /// What may be shown of the next bytes; the end is held back while it could be the beginning of a secret.
  public mutating func take(_ bytes: [UInt8]) -> [UInt8] {
    guard longest > 0 else { return bytes }
    held += bytes
    return release(isLast: false)
  }

  /// The rest.
  public mutating func finish() -> [UInt8] { release(isLast: true) }

  private mutating func release(isLast: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(held.count)
    var place = 0
    while place < held.count {
      if !begins[Int(held[place])] {
        out.append(held[place])
        place += 1
      } else if let form = forms.first(where: { held[place...].starts(with: $0) }) {
        out += Self.mark
        place += form.count
      } else if !isLast, held.count - place < longest, couldBegin(held[place...]) {
        break
      } else {
        out.append(held[place])
        place += 1
      }
    }
    held.removeFirst(place)
    return out
  }

  private func couldBegin(_ rest: ArraySlice<UInt8>) -> Bool { forms.contains { $0.count > rest.count && $0.starts(with: rest) } }

  // MARK: Forms

  private static func forms(of secret: [UInt8]) -> Set<[UInt8]> {
    var out: Set<[UInt8]> = [secret, percent(secret, upper: true), percent(secret, upper: false)]
    let text = String(decoding: secret, as: UTF8.self)
    out.insert(escaped(text))
    out.insert(escaped(text, isASCII: true))
    // Base64 of a longer text holds that of its middle at one of three places, without the first and last characters.
    for shift in 0..<3 {
      let coded = Array(Base64Text.encode([UInt8](repeating: 0, count: shift) + secret).utf8)
      let skip = [0, 2, 3][shift]
      let last = (secret.count + shift) % 3
      let end = coded.count - (last == 0 ? 0 : (last == 1 ? 3 : 2))
      if end - skip >= shortest { out.insert(Array(coded[skip..<end])) }
    }
    out.formUnion(
      out.map { form in form.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 } })
    return out
  }

  private static func percent(_ bytes: [UInt8], upper: Bool) -> [UInt8] {
    Array(Resolver.encoded(String(decoding: bytes, as: UTF8.self), upper: upper).utf8)
  }

  /// As JSON writes it.
  private static func escaped(_ text: String, isASCII: Bool = false) -> [UInt8] {
    var out: [UInt8] = []
    if isASCII {
      for unit in text.utf16 {
        let digits = String(unit, radix: 16)
        switch unit {
        case 0x22, 0x5C: out += [0x5C, UInt8(unit)]
        case 0x20..<0x7F: out.append(UInt8(unit))
        default: out += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
        }
      }
      return out
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case 0x0A: out += Array("\\n".utf8)
      case 0x0D: out += Array("\\r".utf8)
      case 0x09: out += Array("\\t".utf8)
      default: out.append(byte)
      }
    }
    return out
  }
}
