import OpsModel
import Testing

@Suite("Arguments that are typed")
struct EditedCallTests {
  @Test("a list, and an object behind it; every digit stays")
  func whole() throws {
    let call = try #require(EditedCall(#" [1.0, 12345678901234567890, "é\n"]  {"a": [null, -0.5e+3]} "#))
    #expect(String(decoding: call.list, as: UTF8.self) == #"[1.0, 12345678901234567890, "é\n"]"#)
    #expect(String(decoding: call.named, as: UTF8.self) == #"{"a": [null, -0.5e+3]}"#)
    #expect(call.hasNamed)
    #expect(try #require(EditedCall("[]")).hasNamed == false)
  }

  @Test(
    "what is no JSON to the letter is refused",
    arguments: [
      "", " ", "1", "{}", "[1,]", "[01]", "[1.]", "[.5]", "[+1]", "[NaN]", "['a']", "[1] [2]", "[1] {} x", "[\"a\n\"]", "[\"\\x\"]",
      "[\"\\u12g4\"]",
      "[1] {a: 1}", "[1", "[\"a]", "[1] {\"a\": }", "[tru]", "[1e]",
      String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
  func refused(text: String) { #expect(EditedCall(text) == nil) }

  @Test("stored arguments are offered for editing where they can be taken back as they are")
  func offered() {
    func text(_ list: String, _ named: String?) -> String? {
      EditedCall.text(list: Array(list.utf8)[...], named: named.map { Array($0.utf8)[...] })
    }
    #expect(text("[1, 2]", "{}") == "[1, 2]")
    #expect(text("[1, 2]", #"{"a": 1}"#) == #"[1, 2] {"a": 1}"#)
    #expect(text("(1, 2)", nil) == nil)
    #expect(EditedCall.text(list: [0x5B, 0x22, 0xFF, 0x22, 0x5D][...], named: nil) == nil)
    #expect(text("[\"" + String(repeating: "x", count: 5_000) + "\"]", nil) == nil)
  }

  @Test("a presence is read back from the name it gave itself, and from nothing else")
  func presence() throws {
    let own = Presence(who: "on call@b:1", canWrite: true, run: "0a1b2c3d")
    let read = try #require(Presence(name: own.name(isActing: true)))
    #expect(read.who == "on?call@b?1" && read.canWrite && read.run == "0a1b2c3d" && read.isActing)
    #expect(own.name().utf8.count <= 63)
    #expect(Presence(name: "opsc:a:xx:1") == nil && Presence(name: "web-1") == nil && Presence(name: "opsc::ro:1") == nil)
    #expect(
      Presence(name: "opsc:\u{1B}[31m\u{202E}x:ro:1")?.who.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F } == true)
  }
}
