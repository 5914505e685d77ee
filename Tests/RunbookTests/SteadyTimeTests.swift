import OpsModel
import TestKit
import Testing

@testable import Runbooks

@Suite("Durations: whatever the calendar is set to")
struct SteadyTimeTests {
  private let folder = TestFolder()

  /// A step of 12 seconds in a run of 20, with the calendar set in its middle.
  private func history(setBy seconds: Double, boots: [String] = ["one"]) throws -> RunHistory {
    let path = folder.file("jsonl")
    let clock = SetClock()
    let journal = try Journal(new: path, clock: clock)
    try journal.write(.runStart, fields: ["boot": .text(boots[0])])
    clock.pass(4)
    try journal.write(.stepIntent, step: "s")
    clock.pass(6)
    clock.set(by: seconds)
    if boots.count > 1 { try journal.write(.resume, fields: ["boot": .text(boots[1])]) }
    clock.pass(6)
    try journal.write(.stepOutcome, step: "s", fields: ["state": .text("ok")])
    clock.pass(4)
    try journal.write(.runEnd, fields: ["state": .text("succeeded")])
    return RunHistory(try #require(JournalReader.read(path)).records)
  }

  @Test("a clock that is put back or forward changes no duration", arguments: [-7200.0, 0, 7200])
  func set(seconds: Double) throws {
    let history = try history(setBy: seconds)
    #expect(history.step("s").took == 12)
    #expect(history.took == 20)
  }

  @Test("where the machine was started anew in between the calendar tells, and never less than nothing")
  func boots() throws {
    #expect(try history(setBy: 100, boots: ["one", "two"]).step("s").took == 112)
    #expect(try history(setBy: -7200, boots: ["one", "two"]).step("s").took == 0)
  }

  @Test("a plan is as old as the steady clock says, and as the calendar says after a start of the machine")
  func plans() {
    var plan = RunPlan()
    plan.at = 1000
    plan.madeAt = SteadyTime(seconds: 50, boot: "one")
    #expect(plan.age(at: Moment(steady: 350, unix: 900), boot: "one") == 300)
    #expect(plan.age(at: Moment(steady: 5, unix: 1600), boot: "two") == 600)
    let again = RunPlan(document: plan.document)
    #expect(again == nil, "a plan without a runbook is none")
    plan.id = "r"
    #expect(RunPlan(document: plan.document)?.madeAt == plan.madeAt)
  }
}
