import Testing

@testable import OpsModel

@Suite("Numbers as people read them")
struct UnitsTests {
  @Test(arguments: [(0.0, "0s"), (59.9, "59s"), (125, "2m05s"), (11_520, "3h12m"), (442_800, "5d03h"), (-3, "0s"), (.infinity, "∞")])
  func age(seconds: Double, shown: String) { #expect(Units.age(seconds).text == shown) }

  @Test(arguments: [(0.0123, "12ms"), (0.9999, "1s"), (2.5, "2.5s"), (60, "1m00s")])
  func duration(seconds: Double, shown: String) { #expect(Units.duration(seconds).text == shown) }

  @Test(arguments: [(0, "0"), (41_208, "41 208"), (-1_234_567, "-1 234 567"), (999, "999")])
  func count(value: Int, shown: String) { #expect(Units.count(value).text == shown) }

  @Test(arguments: [(118.0, "+118/s"), (-0.44, "-0.4/s"), (0.001, "0/s"), (0.03, "+0.03/s"), (12_345, "+12k/s")])
  func rate(value: Double, shown: String) { #expect(Units.rate(value, signed: true).text == shown) }

  @Test(arguments: [(0.0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_288_490_189, "1.2 GB")])
  func bytes(value: Double, shown: String) { #expect(Units.bytes(value).text == shown) }

  @Test("dates of RQ and Celery are read, with and without fraction and offset")
  func dates() {
    #expect(Calendar.parse("1970-01-01T00:01:00Z") == 60)
    #expect(Calendar.parse("2026-11-21T10:00:00.500000Z") == Calendar.parse("2026-11-21T10:00:00Z").map { $0 + 0.5 })
    #expect(Calendar.parse("1970-01-01T02:00:00+02:00") == 0)
    #expect(Calendar.parse("1970-01-01T00:00:00.25-00:30") == 1800.25)
    for wrong in ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21", "2026-11-21T25:00:00Z"] { #expect(Calendar.parse(wrong) == nil) }
    #expect(Calendar.stamp(0).text == "1970-01-01T00:00:00Z")
  }

  @Test("a date that was written is read again as the same second, whatever the year, and so are its bytes")
  func writtenAndRead() {
    var read = 0
    for seconds in stride(from: -62_135_596_800.0, to: 1e11, by: 86_399 * 1_777) {
      let text = Calendar.stamp(seconds).text
      // A year before 1000 is written without zeros, which is no form of ISO 8601.
      guard text.utf8.count == 20 else { continue }
      read += 1
      #expect(Calendar.parse(text) == seconds, "\(text)")
      #expect(Calendar.parse(bytes: Array(text.utf8)) == seconds, "\(text)")
    }
    #expect(read > 800)
  }

  @Test(
    "a day that a month does not have is the day behind its last", arguments: [("2026-02-31", "2026-03-03"), ("2028-02-30", "2028-03-01")])
  func dayOverflow(day: String, meant: String) { #expect(Calendar.parse("\(day)T00:00:00Z") == Calendar.parse("\(meant)T00:00:00Z")) }

  @Test("a fraction of any length is read, and what stands behind it is no part of it")
  func fractions() {
    #expect(Calendar.parse("1970-01-01T00:00:00.123456Z") == 0.123456)
    #expect(Calendar.parse("1970-01-01T00:00:00.1234567890123456789012345678901234567890Z").map { abs($0 - 0.123456789) < 1e-9 } == true)
    #expect(Calendar.parse("1970-01-01T00:00:00.") == 0)
    #expect(Calendar.parse("1970-01-01T00:00:00.5+") == 0.5)
  }

  @Test("a mistyped word finds the one that was meant")
  func nearest() {
    #expect(Nearest.word(to: "enviroment", in: ["environment", "sources"]) == "environment")
    #expect(Nearest.word(to: "knid", in: ["kind", "name"]) == "kind")
    #expect(Nearest.word(to: "zzz", in: ["kind", "name"]) == nil)
  }
}
