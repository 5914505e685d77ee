import OpsModel
import TestKit
import Testing

/// The list of docs/secrets.md, with random secrets: each spelling is made here by rules of its own, not by those of the mask.
@Suite("Spellings of secrets")
struct SecretSpellingTests {
  private static let alphabets = [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "abcXYZ019 '\"\\/+=&<>%$!?#;:,.-_~`|(){}[]*@^\t",
    "abc'\"\\ \n\r\tdef\u{1}\u{1B}",
    "aé ß€\"'/𝄞ñ漢0",
  ]

  private static func secret(_ numbers: inout Seeded) -> String {
    let letters = Array(alphabets[Int.random(in: 0..<alphabets.count, using: &numbers)].unicodeScalars)
    var out = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 6...40, using: &numbers) { out.append(letters[Int.random(in: 0..<letters.count, using: &numbers)]) }
    return String(out)
  }

  /// What is left of a text that is printed in pieces.
  private static func shown(_ text: String, _ secret: String, _ numbers: inout Seeded) throws -> String {
    var mask = try SecretMask([Array(secret.utf8)])
    var out: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...40, using: &numbers))
      out += mask.take(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    return String(decoding: out + mask.finish(), as: UTF8.self)
  }

  @Test("no spelling of a random secret comes through, however it is split", arguments: Spelling.names)
  func spelled(_ name: String) throws {
    let spelling = try #require(Spelling.all.first { $0.name == name })
    var numbers = Seeded("spellings")
    for _ in 0..<Amount.of(30) {
      let secret = Self.secret(&numbers)
      let text = spelling.write(secret)
      let shown = try Self.shown("[\(text)]", secret, &numbers)
      let left = shown.swap("••••••", "")
      // Around it: brackets, quotation marks, and the letters of Base64 that hold less than a byte of it.
      #expect(
        shown.contains("••••••") && left.utf8.count <= 2 + spelling.around,
        "\(secret.debugDescription) as \(text.debugDescription): \(shown)")
    }
  }

  @Test("what holds no secret comes out as it went in, however it is split")
  func untouched() throws {
    var numbers = Seeded("spellings")
    for _ in 0..<Amount.of(2000) {
      let secret = Self.secret(&numbers)
      let text = String(Self.secret(&numbers).prefix(5)) + "\n" + String(secret.unicodeScalars.prefix(4).map(Character.init)) + "#\n"
      guard !text.contains(secret) else { continue }
      let shown = try Self.shown(text, secret, &numbers)
      #expect(shown == text)
    }
  }

  @Test("a text that was cut within a secret shows nothing of it, and neither does a line of a longer one")
  func parts() throws {
    let hiding = try Hiding(["correct horse battery staple"])
    #expect(hiding.text("the answer: correct horse ba") == "the answer: ••••••")
    #expect(hiding.text(SafeText(escaping: "the answer: correct horse battery staple", limit: 30)).text.contains("horse") == false)
    #expect(hiding.text("it is correct") == "it is ••••••", "seven letters of it say enough")
    #expect(hiding.text("it is corr") == "it is corr")
    let key = try Hiding(["-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n"])
    #expect(key.text("  key: |\n    kqhkiG9w0BAQEF\n") == "  key: |\n    ••••••\n")
  }

  @Test("values are hidden in their names and in numbers too")
  func values() throws {
    let hiding = try Hiding(["81726354"])
    let value = RunValue.map(["pin 81726354": .int(81_726_354), "list": .list([.number(81_726_354), .int(5)])])
    #expect(hiding.value(value) == .map(["pin ••••••": .text("••••••"), "list": .list([.text("••••••"), .int(5)])]))
  }

  @Test("a credential is hidden with its account, and a short one where it stands beside it")
  func credentials() throws {
    let hiding = try Hiding([])
    hiding.learn([Credential("correct-horse", user: "ops"), Credential("abc", user: "who")])
    #expect(hiding.text("Basic b3BzOmNvcnJlY3QtaG9yc2U= of ops:correct-horse") == "Basic ••••••= of ••••••")
    #expect(hiding.text("redis://who:abc@host, abc") == "redis://••••••@host, abc")
  }
}
