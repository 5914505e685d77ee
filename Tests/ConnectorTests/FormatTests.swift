import OpsModel
import Testing

@testable import Connectors

@Suite("Storage formats are read without running anything")
struct FormatTests {
  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test("Redis urls of RQ, Celery and redis-py are understood")
  func urls() throws {
    let plain = try RedisAddress(url: "redis://ops:p%40ss@10.0.0.5:6380/3")
    #expect(plain.place == .tcp(host: "10.0.0.5", port: 6380))
    #expect(plain.user == "ops" && plain.password == "p@ss" && plain.database == 3 && !plain.isTLS)
    #expect(try RedisAddress(url: "rediss://:pw@cache/0").isTLS)
    #expect(try RedisAddress(url: "rediss://:pw@cache/0").user == nil)
    #expect(try RedisAddress(url: "redis://[::1]:7000").place == .tcp(host: "::1", port: 7000))
    #expect(
      try RedisAddress(url: "unix:///run/redis.sock?db=2")
        == {
          var a = RedisAddress(place: .socket(path: "/run/redis.sock"))
          a.database = 2
          return a
        }())
    #expect(try RedisAddress(url: "redis+socket:///run/redis.sock?virtual_host=1").database == 1)
  }

  @Test(
    "a url that is wrong says what is wrong and does not repeat itself",
    arguments: ["redis:/x", "http://x", "redis://h:99999", "redis://:secret@h/abc"])
  func wrongURLs(url: String) {
    do throws(Failure) {
      _ = try RedisAddress(url: url)
      Issue.record("\(url) was taken")
    } catch {
      #expect(!error.what.text.contains("secret"))
    }
  }

  @Test("a name for messages holds neither user nor password")
  func shown() throws {
    #expect(try RedisAddress(url: "redis://ops:secret@10.0.0.5:6380/3").shown.text == "redis at 10.0.0.5:6380")
  }

  @Test("parts of JSON are found as they stand, numbers with all their digits")
  func json() {
    let text = Self.bytes(#" {"a": 12345678901234567890, "b" : [1.0, [], {"x":"]"}], "c": "q\"\u00e9\ud83d\ude00\n", "d":null} "#)
    let object = JSONScan.object(text)
    #expect(object?["a"].map { String(decoding: $0, as: UTF8.self) } == "12345678901234567890")
    #expect(object?["b"].flatMap { JSONScan.array($0) }?.map { String(decoding: $0, as: UTF8.self) } == ["1.0", "[]", #"{"x":"]"}"#])
    #expect(JSONScan.string(object?["c"]).map { String(decoding: $0, as: UTF8.self) } == "q\"é😀\n")
    #expect(JSONScan.string(object?["d"]) == nil)
    #expect(JSONScan.isEmpty(Self.bytes(" [ ] ")[...]))
  }

  @Test("JSON that is cut, nested without end or no JSON yields nothing and does not crash")
  func brokenJSON() {
    let whole = Self.bytes(#"{"a": [1, {"b": "x\"y"}], "c": "\ud83d"}"#)
    for length in 0..<whole.count { _ = JSONScan.object(Array(whole.prefix(length))) }
    #expect(JSONScan.object(Self.bytes("{\"a\":" + String(repeating: "[", count: 100_000))) == nil)
    #expect(JSONScan.object(Self.bytes("\u{1B}[31m")) == nil)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let noise = (0..<60).map { _ in Self.bytes("{}[]\",:\\u0a1 ").randomElement(using: &generator) ?? 0 }
      _ = JSONScan.object(noise)
      _ = JSONScan.array(noise)
    }
  }

  /// As kombu 5.7 writes it (facts/queues.md, 1.2).
  static func envelope(body: String, type: String = "application/json", encoding: String = "base64", extra: String = "") -> [UInt8] {
    bytes(
      """
      {"body": "\(body)", "content-encoding": "utf-8", "content-type": "\(type)", "headers": {"lang": "py", "task": "mail.send", \
      "id": "5f3c", "retries": 2, "argsrepr": "('repr',)", "kwargsrepr": "{}"\(extra)}, "properties": {"correlation_id": "5f3c", \
      "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 3, "body_encoding": "\(encoding)", "delivery_tag": "7d1e"}}
      """)
  }

  @Test("a Celery message shows task, arguments from its JSON body, priority and retries")
  func celeryMessage() throws {
    // [["a@example.com", 12345678901234567890], {"k": []}, {"callbacks": null}]
    let body = "W1siYUBleGFtcGxlLmNvbSIsIDEyMzQ1Njc4OTAxMjM0NTY3ODkwXSwgeyJrIjogW119LCB7ImNhbGxiYWNrcyI6IG51bGx9XQ=="
    let message = try #require(CeleryMessage(Self.envelope(body: body)))
    #expect(message.task == "mail.send")
    #expect(message.arguments?.text == #"["a@example.com", 12345678901234567890] {"k": []}"#)
    #expect(message.priority == 3)
    #expect(message.note == "retry 2")
    #expect(CeleryMessage.identity(Self.envelope(body: body)) == Self.bytes("7d1e"))
  }

  @Test("bodies of other kinds are never opened: the sender's own words are shown")
  func opaqueBody() throws {
    let pickled = try #require(CeleryMessage(Self.envelope(body: "gASVCg==", type: "application/x-python-serialize")))
    #expect(pickled.arguments?.text == "('repr',) {}")
    let packed = try #require(CeleryMessage(Self.envelope(body: "eJw=", extra: ", \"compression\": \"application/x-gzip\"")))
    #expect(packed.arguments?.text == "('repr',) {}")
    #expect(CeleryMessage(Self.bytes("not json")) == nil)
  }

  @Test("queues are found in bindings, without those of remote control and events")
  func bindings() {
    let keys = CeleryKeys(prefix: "")
    #expect(keys.queue(inBinding: Self.bytes("celery\u{06}\u{16}\u{06}\u{16}celery")) == Self.bytes("celery"))
    #expect(keys.queue(inBinding: Self.bytes("no separator")) == nil)
    #expect(CeleryKeys.isTaskQueue(Self.bytes("newsletter")))
    #expect(!CeleryKeys.isTaskQueue(Self.bytes("mail1@host.celery.pidbox")))
    #expect(!CeleryKeys.isTaskQueue(Self.bytes("1b2c.reply.celery.pidbox")))
    #expect(!CeleryKeys.isTaskQueue(Self.bytes("celeryev.0b3a")))
    #expect(keys.lists(Self.bytes("q")).count == 4)
  }

  @Test("an RQ job shows its own description; a JSON payload shows its arguments; a pickle is never opened")
  func rqCall() {
    let described = RQCall(description: Self.bytes("payments.charge(order_id=1234)"), data: nil)
    #expect(described == RQCall(name: "payments.charge", arguments: "(order_id=1234)"))
    // zlib of ["mod.f",null,[1,"x"],{}]
    let packed: [UInt8] = [
      0x78, 0x9C, 0x8B, 0x56, 0xCA, 0xCD, 0x4F, 0xD1, 0x4B, 0x53, 0xD2, 0xC9, 0x2B, 0xCD, 0xC9, 0xD1, 0x89, 0x36, 0xD4, 0x51, 0xAA, 0x50,
      0x8A, 0xD5, 0xA9, 0xAE, 0x8D, 0x05, 0x00, 0x65, 0x2A, 0x07, 0xD9,
    ]
    let json = RQCall(description: nil, data: packed)
    #expect(json == RQCall(name: "mod.f", arguments: #"[1,"x"]"#))
    let pickle = RQCall(description: nil, data: Self.bytes("\u{80}\u{04}cos\nsystem\n"))
    #expect(pickle.name == nil && pickle.arguments == nil)
  }

  @Test("a decompression bomb stops at the limit")
  func bomb() throws {
    // A hundred thousand zeros in about a hundred bytes.
    let packed = try #require(
      Base64Text.decode(
        Self.bytes(
          "eNrtwTEBAAAAwqD1T20ND6AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACAVwOGrwAB")))
    #expect(packed.count < 200)
    #expect(Inflate.bounded(packed, limit: 1000)?.count == 1000)
    // 200 times the input is the most that is made even under a higher limit.
    #expect((Inflate.bounded(packed, limit: 1 << 20)?.count ?? 0) <= packed.count * 200)
    #expect(Inflate.bounded([1, 2, 3, 4], limit: 100) == nil)
  }

  @Test("base64 of bodies")
  func base64() {
    #expect(Base64Text.decode(Self.bytes("aGVsbG8=")) == Self.bytes("hello"))
    #expect(Base64Text.decode(Self.bytes("")) == [])
    #expect(Base64Text.decode(Self.bytes("a*b=")) == nil)
  }
}

extension RQCall {
  init(name: SafeText?, arguments: SafeText?) {
    self.init(description: nil, data: nil)
    self.name = name
    self.arguments = arguments
  }
}
