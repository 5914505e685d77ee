import Canvas
import OpsModel
import Testing

@testable import Console

@MainActor
@Suite("Looking back: the screen says so, and nothing can be done")
struct RewindScenarioTests {
  private func watching() throws -> Headless {
    let headless = try Headless(100, 30)
    headless.feed(.source(Fixtures.orders), .source(Fixtures.mainDB))
    headless.feed(.observed(Fixtures.usualQueues(headless.clock)), .observed(Fixtures.sessions(headless.clock)))
    headless.pass(1)
    _ = headless.takeEffects()
    return headless
  }

  /// What the tape has of a moment: one queue with 7 tasks.
  private func moment(_ at: Double) -> TapeMoment {
    var observation = Observation(source: "orders", at: Moment(recorded: at - 1), took: 0, facets: [.queues, .workers])
    observation.queues = [Fixtures.queue("orders", "before", 7)]
    let source = TapeMoment.Source(facts: SourceFacts(Fixtures.orders), reading: .fresh(observation, at: observation.at))
    let verdict = TapeTick.Verdict(alerts: [], suspects: [])
    return TapeMoment(at: at, sources: [source], runs: [], verdict: verdict, events: [])
  }

  @Test("[ steps back by ten seconds, ] forward, and Esc returns to now")
  func steps() throws {
    let headless = try watching()
    let now = headless.clock.now().unix
    let at = ((now - 1) / 10).rounded(.down) * 10
    headless.press(Key("["))
    #expect(headless.takeEffects() == [.rewind(.to(at))])
    headless.feed(.rewound(TapeAnswer(.to(at), .success(moment(at)))))
    #expect(headless.text.contains("REWOUND \(Calendar.stamp(at).text)"))
    #expect(headless.text.contains("Esc now"))
    headless.press(Key("2"))
    #expect(headless.text.contains("before") && !headless.text.contains("default"))
    headless.press(Key("["))
    #expect(headless.takeEffects() == [.rewind(.to(at - 10))])
    headless.press(.escape)
    #expect(!headless.text.contains("REWOUND"))
    #expect(headless.text.contains("default"))
  }

  @Test("keys that come faster than the tape is read are gathered: only the last wish is read")
  func gathered() throws {
    let headless = try watching()
    let at = ((headless.clock.now().unix - 1) / 10).rounded(.down) * 10
    headless.press(Key("["), Key("["), Key("["), Key("["))
    #expect(headless.takeEffects() == [.rewind(.to(at))])
    headless.feed(.rewound(TapeAnswer(.to(at), .success(moment(at)))))
    #expect(headless.takeEffects() == [.rewind(.to(at - 30))])
  }

  @Test("while it is rewound no key, no palette and no prompt reaches a server")
  func powerless() throws {
    let headless = try watching()
    headless.size = Size(columns: 60, rows: 16)
    let at = headless.clock.now().unix - 100
    headless.press(Key("["))
    headless.feed(.rewound(TapeAnswer(.to(at), .success(moment(at)))))
    _ = headless.takeEffects()
    let harmless: Set<String> = [
      "rewind", "copy", "redraw", "export", "readAudit", "runbook(Console.RunbookEffect.list)", "stopStudy", "announce", "ring",
    ]
    var asked: [Effect] = []
    for panel in 1...9 {
      headless.press(Key("\(panel)"))
      for scalar in UnicodeScalar(33).value...UnicodeScalar(126).value where scalar != UnicodeScalar("q").value {
        guard let key = UnicodeScalar(scalar) else { continue }
        headless.press(Key(key), .enter)
        asked += headless.takeEffects()
        // Back at now the panel may ask again.
        headless.press(.escape)
        _ = headless.takeEffects()
        if headless.app.rewind == nil {
          headless.press(Key("["))
          headless.feed(.rewound(TapeAnswer(.to(at), .success(moment(at)))))
          _ = headless.takeEffects()
        }
      }
    }
    let outside = asked.filter { effect in
      if case .record = effect { return false }
      return !harmless.contains { "\(effect)".hasPrefix($0) }
    }
    #expect(outside.isEmpty, "\(outside)")
  }

  @Test("a tape that can not be read leaves the screen at now, and says why")
  func unreadable() throws {
    let headless = try watching()
    headless.press(Key("["))
    headless.feed(.rewound(TapeAnswer(.to(0), .failure(TapeRefusal("there is nothing on the tape yet")))))
    #expect(headless.text.contains("there is nothing on the tape yet"))
  }

  @Test("a time is typed, and a note is kept with who wrote it")
  func typed() throws {
    let headless = try watching()
    headless.press(Key("t")).type("-10m").press(.enter)
    #expect(headless.takeEffects() == [.rewind(.to(headless.clock.now().unix - 600))])
    headless.press(.escape, Key(":")).type("note deploy of api 4.2 began").press(.enter)
    let event = TapeEvent(at: headless.clock.now().unix, .note, "deploy of api 4.2 began", detail: "by oncall@bastion-2")
    #expect(headless.takeEffects() == [.record(event)])
  }

  @Test(
    "times as people type them",
    arguments: [
      ("14:02", "2026-11-21T14:02:00Z"), ("9:05:07", "2026-11-21T09:05:07Z"), ("23:30", "2026-11-20T23:30:00Z"),
      ("-90s", "2026-11-21T15:58:30Z"),
      ("2026-11-20 10:00", "2026-11-20T10:00:00Z"), ("2026-11-20T10:00:30Z", "2026-11-20T10:00:30Z"), ("now", "2026-11-21T16:00:00Z"),
    ])
  func times(_ text: String, _ expected: String) throws {
    let now = try #require(Calendar.parse("2026-11-21T16:00:00Z"))
    #expect(TapeTime.parse(text, now: now).map { Calendar.stamp($0).text } == expected)
    for wrong in ["", "25:00", "12:61", "-", "yesterday", "12", "::"] { #expect(TapeTime.parse(wrong, now: now) == nil, "\(wrong)") }
  }
}
