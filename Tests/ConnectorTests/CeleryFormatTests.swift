import OpsModel
import Testing

@testable import Connectors

@Suite("Celery's stored forms")
struct CeleryFormatTests {
  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test("a value is replaced where it stands, a missing key is put first, and every other byte stays")
  func splice() {
    let text = Self.bytes(#"{"a": {"b": 1.0,  "c": [12345678901234567890]}, "d": {}}"#)
    func set(_ path: [String], _ value: String) -> String? {
      JSONSplice.set(text, path, to: Self.bytes(value)).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(set(["a", "b"], "2") == #"{"a": {"b": 2,  "c": [12345678901234567890]}, "d": {}}"#)
    #expect(set(["a", "x"], "2") == #"{"a": {"x": 2, "b": 1.0,  "c": [12345678901234567890]}, "d": {}}"#)
    #expect(set(["d", "x"], "2") == #"{"a": {"b": 1.0,  "c": [12345678901234567890]}, "d": {"x": 2}}"#)
    #expect(set(["z", "x"], "2") == nil)
    #expect(set(["a", "c", "x"], "2") == nil)
  }

  @Test("topic patterns match words, and `#` any number of them")
  func topics() {
    func matches(_ pattern: String, _ key: String) -> Bool { CeleryRoutes.matches(Self.bytes(pattern), Self.bytes(key)) }
    #expect(matches("a.*.c", "a.b.c") && !matches("a.*.c", "a.b.b.c") && !matches("a.*", "a"))
    #expect(matches("#", "a.b") && matches("a.#", "a") && matches("a.#.z", "a.b.c.z") && !matches("a.#.z", "b.z"))
    #expect(!matches("a", "ab") && matches("*.*", "a.b"))
    // Many wildcards are no reason to try every combination.
    #expect(!matches(String(repeating: "#.", count: 40) + "x", String(repeating: "a.", count: 200) + "y"))
  }

  @Test("a message made of a result holds its arguments to the digit and decodes as Celery's protocol 2")
  func envelope() throws {
    let meta = #"""
      {"status": "FAILURE", "result": {"exc_type": "E", "exc_message": ["x"]}, "name": "m.t\u0000é", "args": [12345678901234567890, [], 1.0, "\u00e9"],
       "kwargs": {"k": {}}, "queue": "mail", "date_done": "2026-01-01T00:00:00+00:00", "group_id": "g1"}
      """#
    let result = try #require(CeleryResult(Self.bytes(meta)))
    #expect(result.isFailure && result.whyNot == nil && result.doneAt == 1_767_225_600)
    let made = try #require(
      CeleryEnvelope.make(of: result, id: Self.bytes("id-1"), queue: Self.bytes("mail"), tag: "tag-1", origin: "here"))
    let envelope = try #require(JSONScan.object(made))
    let properties = try #require(envelope["properties"].flatMap { JSONScan.object($0) })
    let headers = try #require(envelope["headers"].flatMap { JSONScan.object($0) })
    let body = try #require(JSONScan.string(envelope["body"]).flatMap { Base64Text.decode($0) })
    #expect(
      String(decoding: body, as: UTF8.self)
        == #"[[12345678901234567890, [], 1.0, "\u00e9"], {"k": {}}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]"#)
    #expect(headers["task"].map { String(decoding: $0, as: UTF8.self) } == #""m.t\u0000é""#)
    #expect(headers["group"].map { String(decoding: $0, as: UTF8.self) } == #""g1""#)
    #expect(JSONScan.string(headers["id"]) == Self.bytes("id-1") && JSONScan.string(properties["delivery_tag"]) == Self.bytes("tag-1"))
    #expect(CeleryMessage(made)?.task?.text == "m.t\\x00é")
  }

  @Test(
    "a result that lacks something says what to do about it",
    arguments: [
      (#"{"status": "FAILURE"}"#, "result_extended"), (#"{"status": "FAILURE", "name": "a", "args": "(1,)", "kwargs": {}}"#, "arguments"),
      (#"{"status": "FAILURE", "name": "a", "args": [], "kwargs": {}}"#, "queue"),
    ])
  func notRebuildable(meta: String, word: String) throws {
    let why = try #require(CeleryResult(Self.bytes(meta))?.whyNot)
    #expect(why.text.contains(word))
  }

  @Test("a dead-letter list is a name, with or without its home; a message that names only the list has none")
  func deadLists() throws {
    let plain = try #require(CeleryDeadList(setting: "mail.dead"))
    let home = try #require(CeleryDeadList(setting: " mail.dead >  mail "))
    #expect(plain.home == nil && home.name == plain.name && home.home == Self.bytes("mail"))
    #expect(CeleryDeadList(setting: "a > b > c") == nil && CeleryDeadList(setting: " > b") == nil && CeleryDeadList(setting: "") == nil)
    func message(_ key: String) -> [UInt8] {
      Self.bytes(#"{"properties": {"delivery_info": {"exchange": "x", "routing_key": "\#(key)"}}}"#)
    }
    #expect(plain.route(of: message("mail.dead")) == nil)
    #expect(plain.route(of: message("mail")) == CeleryRoute(exchange: Self.bytes("x"), routingKey: Self.bytes("mail")))
    #expect(home.route(of: message("mail.dead")) == CeleryRoute(exchange: [], routingKey: Self.bytes("mail")))
  }

  @Test("priorities go to the largest step that is not above them, the result prefix is joined as Celery joins it")
  func keys() {
    let keys = CeleryKeys(prefix: "p:", resultPrefix: "app")
    func list(_ priority: Double) -> [UInt8] { keys.list(Self.bytes("q"), priority: priority) }
    #expect(list(0) == Self.bytes("p:q") && list(2) == Self.bytes("p:q") && list(4) == Self.bytes("p:q\u{06}\u{16}3"))
    #expect(list(9) == Self.bytes("p:q\u{06}\u{16}9") && list(-3) == Self.bytes("p:q"))
    #expect(keys.result(Self.bytes("1")) == Self.bytes("app_celery-task-meta-1"))
    #expect(CeleryKeys(prefix: "", resultPrefix: "app:").resultMark == Self.bytes("app:celery-task-meta-"))
    #expect(CeleryKeys(prefix: "").resultMark == Self.bytes("celery-task-meta-"))
  }

  @Test("failures that are heard are remembered, successes forget them, and the newest come first")
  func heard() {
    let failures = CeleryFailures(keys: CeleryKeys(prefix: ""), clock: SystemClock())
    func hear(_ id: String, _ status: String, _ date: String) {
      let payload = #"{"status": "\#(status)", "result": {"exc_type": "E", "exc_message": "x"}, "date_done": "\#(date)", "name": "a.b"}"#
      failures.take(RedisPush(channel: Self.bytes("celery-task-meta-\(id)"), payload: Self.bytes(payload)))
    }
    hear("1", "FAILURE", "2026-01-01T00:00:00+00:00")
    hear("2", "FAILURE", "2026-01-01T00:00:09+00:00")
    hear("3", "SUCCESS", "2026-01-01T00:00:05+00:00")
    #expect(failures.entries.map { String(decoding: $0.id, as: UTF8.self) } == ["2", "1"])
    hear("2", "SUCCESS", "2026-01-01T00:00:19+00:00")
    #expect(failures.count == 1)
    let feed = failures.feed(at: SystemClock().now())
    #expect(feed.count == 2 && feed.task == "a.b" && feed.errorType == "E")
    failures.take(RedisPush(channel: Self.bytes("other"), payload: Self.bytes(#"{"status": "FAILURE"}"#)))
    #expect(failures.count == 1)
  }
}
