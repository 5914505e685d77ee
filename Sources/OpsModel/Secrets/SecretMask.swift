/// Takes secrets out of what is shown or written, as the bytes come: also where one is split between two reads, and in the spellings of
/// `SpellingTable` (docs/secrets.md lists them).
public struct SecretMask: Sendable {
  /// Bytes. A shorter one would be found in everything.
  public static let shortest = 6
  static let mark = Array("••••••".utf8)

  private let words: SpelledSecrets
  private var held: [UInt8] = []
  /// Nothing of this line was seen but blanks and quotation marks.
  private var isLine = true
  /// The last byte was a backslash at which none begins; then none begins at the next one, since it could be any number of them.
  private var isSlash = false

  /// Where there is nothing to be kept out.
  public static let nothing = SecretMask(words: SpelledSecrets([]))

  init(words: SpelledSecrets) { self.words = words }

  /// - Throws: `ShortSecret` for a secret that is too short to be kept out.
  public init(_ secrets: [[UInt8]]) throws(ShortSecret) {
    for secret in secrets where !secret.isEmpty && secret.count < Self.shortest { throw ShortSecret() }
    self.init(words: SpelledSecrets(secrets.filter { !$0.isEmpty }))
  }

  /// What may be shown of the next bytes; the end is held back while it could be the beginning of a secret.
  public mutating func take(_ bytes: [UInt8]) -> [UInt8] {
    guard !words.isEmpty else { return bytes }
    held += bytes
    return release(isLast: false)
  }

  /// The rest. A secret that was cut off here is taken out as well.
  public mutating func finish() -> [UInt8] { release(isLast: true) }

  private mutating func release(isLast: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(held.count)
    var place = 0
    while place < held.count {
      let isNext = isSlash && held[place] == UInt8(ascii: "\\")
      guard !isNext, words.mayBegin(with: held[place], place + 1 < held.count ? held[place + 1] : nil) else {
        pass(held[place], &out)
        place += 1
        continue
      }
      let found = words.match(held[place...], isLine: isLine)
      if found.isOpen, !isLast { break }
      // What ends in the middle of a secret shows no part of it that would be of use to anybody.
      let length = found.length == 0 && found.isOpen && found.characters >= Self.shortest ? held.count - place : found.length
      if length > 0 {
        out += Self.mark
        place += length
        (isLine, isSlash) = (false, false)
      } else {
        pass(held[place], &out)
        place += 1
      }
    }
    held.removeFirst(place)
    return out
  }

  private mutating func pass(_ byte: UInt8, _ out: inout [UInt8]) {
    out.append(byte)
    isSlash = byte == UInt8(ascii: "\\")
    switch byte {
    case 0x0A: isLine = true
    case 0x20, 0x09, 0x0D, 0x22, 0x27: break
    default: isLine = false
    }
  }
}

/// A secret that is too short to be kept out of what is shown.
public struct ShortSecret: Error, Hashable, Sendable {
  public var message: SafeText { "a secret of less than \(SecretMask.shortest) bytes cannot be kept out of what is printed" }
}
