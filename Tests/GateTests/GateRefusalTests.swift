import OpsModel
import Testing

@testable import Gate

@Suite("What the gate refuses")
struct GateRefusalTests {
  private static let all: [GateRefusal] = [
    .readOnly(why: "--read-only"), .empty, .noActuator(source: "api"), .notConfirmed(expected: "production/orders"), .changed("1 is gone"),
    .audit("permission denied: /state/audit.jsonl"), .quarantine("no room"), .failed(.declined(.rqArgumentsAreFixed)),
  ]

  @Test("no refusal of ours sends anyone to a server's log, and each has its exit code")
  func words() {
    for refusal in Self.all {
      #expect(!refusal.sentence.contains("server's log") && !refusal.sentence.contains("log of that server"))
      #expect(!refusal.sentence.contains("can not"))
    }
    #expect(Self.all.map(\.exitCode) == [77, 64, 77, 77, 77, 73, 73, 77])
    #expect(GateRefusal.failed(.closed(address: "redis")).exitCode == 69)
  }

  @Test("a refusal stays what it is on its way to whoever reads sources")
  func passedOn() {
    #expect(GateRefusal.failed(.closed(address: "redis")).failure == .closed(address: "redis"))
    guard case .declined(let refusal) = GateRefusal.empty.failure else {
      Issue.record("it is no refusal of ours any more")
      return
    }
    #expect(refusal.what == GateRefusal.empty.sentence)
  }
}
