import Testing

@testable import Runbooks

@Suite("Hands on a run: the first word counts, and whoever comes second is told so")
struct RunControlTests {
  private let control = RunControl()

  @Test("of two answers the first one counts; the same one again is no quarrel")
  func answers() {
    control.ask("ask", ["yes", "no"])
    #expect(control.answer("ask", "yes", by: "ann") == .taken)
    #expect(control.answer("ask", "no", by: "bob") == .late("ann has answered yes before"))
    #expect(control.answer("ask", "yes", by: "bob") == .already("answered yes by ann"))
    #expect(control.takeAnswer("ask")?.answer == "yes")
    #expect(control.answer("ask", "no", by: "bob") == .late("ann has answered yes before"))
  }

  @Test("an answer that is none of the choices, or to a step that does not ask, keeps no other from being taken")
  func wrong() {
    #expect(control.answer("ask", "yes", by: "ann") == .late("the step does not ask anything now"))
    control.ask("ask", ["yes", "no"])
    #expect(control.answer("ask", "perhaps", by: "ann") == .late("it takes one of yes, no"))
    #expect(control.answer("ask", "no", by: "bob") == .taken)
  }

  @Test("a pause after a cancel is refused, a cancel after a pause is taken, and the same wish again is told whose it was")
  func wishes() {
    #expect(control.claim(.pause(reason: "paused by ann")) == .taken)
    #expect(control.claim(.pause(reason: "paused by bob")) == .already("paused by ann"))
    #expect(control.claim(.cancel(reason: "cancelled by bob")) == .taken)
    #expect(control.claim(.pause(reason: "paused by ann")) == .late("it is cancelled by bob already"))
    #expect(control.claim(.cancel(reason: "cancelled by ann")) == .already("cancelled by bob"))
    #expect(control.wish == .goOn, "a wish is followed when it is written down, and not before")
    control.want(.cancel(reason: "cancelled by bob"))
    control.want(.pause(reason: "paused by ann"))
    #expect(control.wish == .cancel(reason: "cancelled by bob"))
  }

  @Test("a run that ends is neither paused nor cancelled")
  func ending() {
    control.end("it ends already (failed)")
    #expect(control.claim(.cancel(reason: "cancelled by ann")) == .late("it ends already (failed)"))
    #expect(control.claim(.pause(reason: "paused by ann")) == .late("it ends already (failed)"))
  }
}
