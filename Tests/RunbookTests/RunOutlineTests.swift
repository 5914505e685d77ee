import OpsModel
import TestKit
import Testing

@testable import Runbooks

@Suite("The steps of a run as a page lists them")
struct RunOutlineTests {
  private func begun(_ path: String, host: String? = nil) -> JournalRecord {
    JournalRecord(kind: .stepIntent, sequence: 0, at: 1, step: path, fields: host.map { ["host": .text($0)] } ?? [:])
  }

  private func ended(_ path: String, _ state: RunHistory.StepState) -> JournalRecord {
    JournalRecord(kind: .stepOutcome, sequence: 0, at: 2, step: path, fields: ["state": .text(state.rawValue)])
  }

  private func restarted(_ hosts: ClosedRange<Int>, _ state: RunHistory.StepState, in step: String = "restart") -> [JournalRecord] {
    hosts.flatMap { [begun("\(step)/web-\($0)", host: "web-\($0)"), ended("\(step)/web-\($0)", state)] }
  }

  @Test("a step over a few hosts has a line of its own and one for each")
  func few() throws {
    var outline = RunOutline(totals: ["restart": 3])
    outline.add([begun("look")] + [ended("look", .ok)] + restarted(1...2, .ok) + [begun("restart/web-3", host: "web-3")])
    #expect(outline.top == ["look", "restart"])
    let group = try #require(outline.groups["restart"])
    #expect((group.total, group[.ok], group[.running], group.isPlain) == (3, 2, 1, true))
    #expect(outline.listed("restart") == ["restart/web-1", "restart/web-2", "restart/web-3"])
  }

  @Test("of a step over many hosts those that ended well are counted, and not listed")
  func many() throws {
    var outline = RunOutline(totals: ["restart": 500])
    outline.add(restarted(1...300, .ok) + restarted(301...301, .failed) + restarted(302...302, .unknown))
    outline.add([begun("restart/web-303", host: "web-303")])
    let group = try #require(outline.groups["restart"])
    #expect((group[.ok], group[.failed], group[.unknown], group[.running]) == (300, 1, 1, 1))
    #expect(outline.listed("restart") == ["restart/web-301", "restart/web-302", "restart/web-303"])
    #expect(outline.history.steps.count < 120)
  }

  @Test("a hundred thousand entries leave little behind, and a tenth of them a tenth of it")
  func bounded() {
    var outline = RunOutline(totals: [:])
    let steps = Amount.of(200)
    for step in 0..<steps { outline.add(restarted(1...500, .ok, in: "s\(step)") + [ended("s\(step)", .ok)]) }
    #expect(outline.top.count == steps)
    #expect(outline.groups.values.allSatisfy { $0[.ok] == 500 && $0.begun == 500 && $0.hosts.isEmpty })
    #expect(outline.history.steps.count < 100 * steps)
    #expect((0..<steps).allSatisfy { outline.listed("s\($0)").isEmpty })
  }

  @Test("many small steps over hosts are folded as well")
  func small() {
    var outline = RunOutline(totals: [:])
    for step in 0..<60 { outline.add(restarted(1...20, .ok, in: "s\(step)")) }
    #expect((0..<59).allSatisfy { outline.listed("s\($0)").isEmpty })
  }

  @Test("everything in doubt is listed, of what failed the first two hundred")
  func doubt() throws {
    var outline = RunOutline(totals: [:])
    outline.add(restarted(1...400, .unknown) + restarted(401...1000, .failed))
    outline.add([])
    let listed = outline.listed("restart")
    let unknown = listed.filter { outline.history.step($0).state == .unknown }
    #expect(unknown.count == 400)
    #expect(listed.count - unknown.count >= RunOutline.failed)
    #expect(try #require(outline.groups["restart"])[.failed] == 600)
  }

  @Test("hosts that only wait, and steps that are skipped, are counted as well")
  func waits() throws {
    func waiting(_ host: String) -> JournalRecord {
      JournalRecord(kind: .stepWaiting, sequence: 0, at: 1, step: "up/\(host)", fields: ["host": .text(host), "kind": .text("condition")])
    }
    func done(_ host: String) -> JournalRecord {
      JournalRecord(kind: .stepOutcome, sequence: 0, at: 2, step: "up/\(host)", fields: ["state": .text("ok"), "host": .text(host)])
    }
    for totals in [["up": 200], [:]] {
      var outline = RunOutline(totals: totals)
      for number in 1...200 { outline.add([waiting("web-\(number)")] + (number < 150 ? [done("web-\(number)")] : [])) }
      #expect(outline.top == ["up"])
      let group = try #require(outline.groups["up"])
      #expect((group[.ok], group[.waiting], group.begun) == (149, 51, 200))
      #expect(outline.listed("up").count == 51)
    }
  }

  @Test("steps within a host, and skipped ones without a host's name, belong to the step over hosts")
  func nested() throws {
    var outline = RunOutline(totals: ["roll": 2])
    outline.add([
      begun("roll/web-1/drain", host: "web-1"), ended("roll/web-1/drain", .ok), ended("roll/web-1/flag", .skipped),
      begun("roll/web-1/restart", host: "web-1"), begun("rolling", host: nil), begun("roll/web-2/drain", host: "web-2"),
    ])
    #expect(outline.top == ["roll", "rolling"])
    let group = try #require(outline.groups["roll"])
    #expect((group.begun, group.isPlain, group[.ok], group[.skipped], group[.running]) == (2, false, 1, 1, 2))
  }
}
