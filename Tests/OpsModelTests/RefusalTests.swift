import Foundation
import Testing

@testable import OpsModel

/// The whole table of what OpsConsole itself declines, one of each.
@Suite("What OpsConsole declines, it says in its own words")
struct RefusalTests {
  /// By the name of its case in the table.
  static let all: [String: Refusal] = [
    "notOffered": .notOffered("retry-edited", by: "RQ"), "rqArgumentsAreFixed": .rqArgumentsAreFixed,
    "argumentsAreNoJSON": .argumentsAreNoJSON, "oneEditAtATime": .oneEditAtATime, "noNamedArguments": .noNamedArguments,
    "listMessagesAreFixed": .listMessagesAreFixed, "messageIsNoJSON": .messageIsNoJSON, "noLongerDead": .noLongerDead("the failed jobs"),
    "noSuchDeadList": .noSuchDeadList("mail.dead"), "leaseHeld": .leaseHeld(by: "op2@bastion", left: "12s"), "leaseLost": .leaseLost,
    "replica": .replica(of: "10.0.0.5:6379", isWritable: true, isLinked: true),
    "writesRefused": .writesRefused("its last background save failed (MISCONF)"), "wrongKey": .wrongKey("a key of RQ holds another type"),
    "unheardWorkers": .unheardWorkers("celery@a lives and did not say what it has: it may have any of them"),
    "quarantineFile": .quarantineFile("line 3 is damaged"), "fileOfKind": .fileOfKind("rq", for: "mail", of: "celery"),
    "fileOfSource": .fileOfSource("orders", for: "mail"), "fileOfEnvironment": .fileOfEnvironment("STAGING", for: "PRODUCTION"),
    "oneProcess": .oneProcess("JVM"), "processGone": .processGone,
    "processChanged": .processChanged(4312), "notJava": .notJava(4312, runs: "python3"), "notNode": .notNode(4312, runs: "bun"),
    "wouldDie": .wouldDie("JVM 4312", of: "SIGQUIT"), "foreignSocket": .foreignSocket("/tmp/.java_pid4312"),
    "inspectorDisabled": .inspectorDisabled(4312), "otherNetwork": .otherNetwork(4312), "portTaken": .portTaken(9229),
    "debuggerConnected": .debuggerConnected, "noWebSocket": .noWebSocket, "otherProcessAnswers": .otherProcessAnswers(9229),
    "tooManySessions": .tooManySessions(101, limit: 100), "noSession": .noSession("x"), "copyIsNotSpoken": .copyIsNotSpoken,
    "unlistedStatement": .unlistedStatement, "statement": .statement("SELECT INTO creates a table, so it is not explained"),
    "measuring": .measuring("it calls sly(), which may change something"),
    "planning": .planning("it calls sly(), which an ordinary role created"),
    "rejected": .rejected("42601", "syntax error at or near \"slect\"", instead: "correct the statement"),
    "quietNeedsLength": .quietNeedsLength, "quietTooLong": .quietTooLong, "quietNeedsReason": .quietNeedsReason,
    "quietHasTwoLengths": .quietHasTwoLengths("1h", "2h"), "viewOnly": .viewOnly("api"), "notAsked": .notAsked("orders"),
    "redirectLoop": .redirectLoop("http at 10.0.0.5"), "otherServer": .otherServer("http at 10.0.0.5", "http://b/"),
    "noWorker": .noWorker("w1", of: "mail"), "gate": .gate("nothing was done: not confirmed; to confirm, type production/orders"),
  ]

  /// Every sentence of this table is read below: one that is added must be added here as well.
  @Test("the table is read to its last row")
  func complete() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Sources/OpsModel/Refusals")
    var rows: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(whereSeparator: { " (:=<".contains($0) }).map(String.init)
        guard words.count > 3, words[0] == "public", words[1] == "static", words[2] == "func" || words[2] == "let" else { continue }
        rows.insert(words[3])
      }
    }
    #expect(rows.count > 40)
    #expect(rows == Set(Self.all.keys))
  }

  /// Words that send a reader to a server which said nothing, blame him, or are no plain English: see the rules of the project's texts.
  private static let unwanted = [
    "server's log", "can not", "anew", "by itself", "is told", "do not tell", "does not tell", "for ever", "nobody", "somebody", "look at",
    "gives up", "give up", "written down", "goes on", "go on", "is no job", "is no session", "reckon",
  ]

  @Test("every sentence is plain, ends properly, and sends nobody to a server's log", arguments: all.keys.sorted())
  func sentences(_ name: String) throws {
    let refusal = try #require(Self.all[name])
    for text in [refusal.what, refusal.instead].compactMap({ $0 }) {
      #expect(!text.isEmpty && !text.text.hasPrefix(" "))
      for end in [" ", ".", ":", ";", ",", "·"] { #expect(!text.text.hasSuffix(end), "\(text)") }
      for word in Self.unwanted { #expect(!text.contains(word), "\(text)") }
      // One idea, which a tired reader can hold.
      #expect(text.text.split(separator: " ").count <= 24, "\(text)")
    }
    #expect([64, 77].contains(refusal.exitCode))
    let sentence = Failure.declined(refusal).sentence(age: nil)
    #expect(sentence.text == refusal.what.text + (refusal.instead.map { " · \($0)" } ?? ""))
    #expect(Failure.declined(refusal).exitCode == refusal.exitCode)
  }

  @Test("a failure of a server keeps its remedy, and its exit code says who was unavailable or not permitted")
  func codes() {
    #expect(Failure.refused(code: "OOM", message: "m").remedy?.contains("log of that server") == true)
    #expect(Failure.refused(code: "", message: "m").exitCode == 69)
    #expect(Failure.permission(what: "w", grant: "g").exitCode == 77)
    #expect(Failure.notReady("loading").exitCode == 69)
    #expect(Failure.declined(.processGone).sentence(age: 61).text.contains("since 1m01s · select it again"))
    #expect(Failure.declined(.notOffered("revoke", by: "RQ")).sentence(age: nil).text == "RQ does not offer revoke")
  }

  /// With a refusal in place it was larger, and release builds of Swift 6.3.1 crashed in task groups of generic tuples.
  @Test("a failure is no larger than two texts and the number of its case")
  func small() {
    #expect(MemoryLayout<Failure>.size <= 2 * MemoryLayout<SafeText>.size + 1)
  }
}
