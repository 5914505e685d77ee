import Gate
import OpsModel
import StrictYAML
import TestKit
import Testing

@testable import Runbooks

/// Runs of a small runbook with their journals, all of which end with the test.
struct RunScene {
  static let head = """
    apiVersion: runbook/v1
    id: r
    title: t
    owner: o
    risk: low
    environments: [staging]
    params: {hosts: {type: hosts, default: [a, b, c]}, n: {type: int, default: 3}}

    """

  private let folder = TestFolder()

  /// A journal that no other run of this scene has.
  func path() -> String { folder.file("jsonl") }

  /// One life of a run.
  func live(
    _ text: String, _ ports: FakePorts, journal path: String, control: RunControl = RunControl(), frozen: [String: [String]] = [:],
    books: [String: Runbook] = [:], isGivenUp: Bool = false,
    calls: any FileCalls = SystemFileCalls()
  ) async throws -> (RunHistory.RunState, RunHistory) {
    let runbook = try RunbookReader.read(Self.head + text, file: "r.yaml")
    let read = JournalReader.read(path)
    let journal: Journal
    if let read {
      journal = try Journal(path, after: read, clock: WallClock(), calls: calls)
    } else {
      journal = try Journal(new: path, clock: WallClock(), calls: calls)
      try journal.write(.runStart)
    }
    let parameters = try ParameterBinding.bind([:], to: runbook.parameters)
    let engine = RunEngine(
      runbook, id: RunID(now: 1), parameters: parameters, run: ["id": .text("x")], frozen: frozen, books: books,
      journal: journal, history: RunHistory(read?.records ?? []), isGivenUp: isGivenUp, ports: ports, control: control, clock: WallClock(),
      tell: { _ in })
    #expect(await engine.lookAgainAfter == 2)
    await engine.lookAgain(after: 0.02)
    let state = await engine.go()
    let after = try #require(JournalReader.read(path))
    #expect(after.brokenAt == nil)
    return (state, RunHistory(after.records))
  }
}
