import Canvas
import Console
import Foundation
import OpsModel
import Testing

@Suite("Panels as they look")
@MainActor
struct GoldenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let columns: Int
    let rows: Int
    var look = Look.colours256
    var keys: [Key] = []
    var state = "fresh"

    var testDescription: String { "\(name) \(columns)×\(rows) \(look.rawValue) \(state)" }
    var file: String { "\(name)-\(columns)x\(rows)-\(look.rawValue)-\(state).txt" }
  }

  nonisolated static let cases: [Case] =
    [
      ("pulse", [] as [Key]), ("queues", [Key("2")]), ("workers", [Key("4")]), ("database", [Key("5")]), ("session", [Key("5"), .enter]),
      ("worker", [Key("4"), .enter]), ("queue", [Key("2"), .enter]), ("palette", [Key(":")]), ("help", [Key("?")]),
    ].flatMap { name, keys in
      [
        Case(name: name, columns: 80, rows: 24, keys: keys), Case(name: name, columns: 120, rows: 40, keys: keys),
        Case(name: name, columns: 40, rows: 12, keys: keys), Case(name: name, columns: 80, rows: 24, look: .ascii, keys: keys),
      ]
    }
    + ["never", "empty", "stale", "failed", "hostile", "huge"].flatMap { state in
      [("pulse", [] as [Key]), ("queues", [Key("2")]), ("workers", [Key("4")]), ("database", [Key("5")])].map { name, keys in
        Case(name: name, columns: 80, rows: 24, keys: keys, state: state)
      }
    }

  nonisolated static let deadCases: [Case] =
    [
      ("dead-letters", [Key("3")]), ("dead-list", [Key("3"), .enter, Key("Space"), Key("Space")]),
      ("dead-letter", [Key("3"), .enter, .enter]), ("action-plan", [Key("3"), Key("R")]), ("audit", [Key("9")]),
      ("restore", [Key("3"), Key("U")]), ("worker-actions", [Key("4")]),
    ].flatMap { name, keys in
      [
        Case(name: name, columns: 80, rows: 24, keys: keys), Case(name: name, columns: 120, rows: 40, keys: keys),
        Case(name: name, columns: 40, rows: 12, keys: keys), Case(name: name, columns: 80, rows: 24, look: .ascii, keys: keys),
      ]
    }
    + [Key("3")].flatMap { key in
      [
        Case(name: "dead-letters", columns: 80, rows: 24, keys: [key], state: "hostile"),
        Case(name: "dead-list", columns: 80, rows: 24, keys: [key, .enter], state: "hostile"),
      ]
    }

  nonisolated static let databaseCases: [Case] =
    [
      ("activity", [Key("5")]), ("statements", [Key("5"), .tab]), ("locks", [Key("5"), .tab, .tab]),
      ("plan", [Key("5"), .tab, Key("v")]), ("statement", [Key("5"), .tab, .enter]), ("connections", [Key("5"), Key("n")]),
      ("server", [Key("5"), Key("H")]),
    ].flatMap { name, keys in
      [
        Case(name: name, columns: 80, rows: 24, keys: keys), Case(name: name, columns: 120, rows: 40, keys: keys),
        Case(name: name, columns: 40, rows: 12, keys: keys), Case(name: name, columns: 80, rows: 24, look: .ascii, keys: keys),
        Case(name: name, columns: 80, rows: 24, keys: keys, state: "hostile"),
      ]
    }

  nonisolated static let runtimeCases: [Case] =
    [
      ("runtimes", [Key("6")]), ("process", [Key("6"), .enter]), ("host", [Key("6"), .tab]), ("cost", [Key("6"), .tab, .tab]),
      ("alerts", [Key("8")]),
      ("alert", [Key("8"), .enter]), ("silences", [Key("8"), .tab]),
    ].flatMap { name, keys in
      [
        Case(name: name, columns: 80, rows: 24, keys: keys), Case(name: name, columns: 120, rows: 40, keys: keys),
        Case(name: name, columns: 40, rows: 12, keys: keys), Case(name: name, columns: 80, rows: 24, look: .ascii, keys: keys),
        Case(name: name, columns: 80, rows: 24, keys: keys, state: "hostile"),
      ]
    }
    + ["never", "stale"].map { Case(name: "runtimes", columns: 80, rows: 24, keys: [Key("6")], state: $0) }
    + [Case(name: "pulse-runtimes", columns: 120, rows: 40, keys: [])]

  @Test("runtimes and alerts", arguments: runtimeCases)
  func runtimes(_ one: Case) throws {
    let headless = try RuntimeScenes.console(one.columns, one.rows, look: one.look, state: one.state)
    for key in one.keys { headless.press(key) }
    try Golden.compare(headless.text + "\n", one.file)
  }

  nonisolated static let incidentCases: [Case] =
    [
      ("incident-pulse", [] as [Key]), ("suspects", [.tab]), ("suspect", [.tab, .enter]), ("own-alerts", [Key("8")]),
      ("own-alert", [Key("8"), .enter]), ("habits", [Key("2"), Key("i")]), ("incident-queues", [Key("2")]), ("mute", [Key("8"), Key("m")]),
    ].flatMap { name, keys in
      [
        Case(name: name, columns: 80, rows: 24, keys: keys), Case(name: name, columns: 120, rows: 40, keys: keys),
        Case(name: name, columns: 40, rows: 12, keys: keys), Case(name: name, columns: 80, rows: 24, look: .ascii, keys: keys),
        Case(name: name, columns: 80, rows: 24, keys: keys, state: "hostile"),
      ]
    }

  @Test("an incident: causes, alerts, habits", arguments: incidentCases)
  func incident(_ one: Case) throws {
    let headless = try IncidentScenes.console(one.columns, one.rows, look: one.look, hostile: one.state == "hostile")
    headless.feed(.hygiene("orders", .success(IncidentScenes.habits)))
    for key in one.keys { headless.press(key) }
    try Golden.compare(headless.text + "\n", one.file)
  }

  nonisolated static let wallCases: [Case] = ["overview", "suspects", "alerts", "queues", "databases"].flatMap { page in
    [
      Case(name: "wall-\(page)", columns: 80, rows: 24), Case(name: "wall-\(page)", columns: 160, rows: 50),
      Case(name: "wall-\(page)", columns: 40, rows: 12), Case(name: "wall-\(page)", columns: 80, rows: 24, look: .ascii),
      Case(name: "wall-\(page)", columns: 80, rows: 24, state: "hostile"),
    ]
  }

  @Test("the wallboard, page by page", arguments: wallCases)
  func wall(_ one: Case) throws {
    let board = IncidentScenes.wallboard(String(one.name.dropFirst("wall-".count)), hostile: one.state == "hostile")
    let frame = board.app.frame(size: Size(columns: one.columns, rows: one.rows), look: one.look)
    try Golden.compare(frame.text + "\n", one.file)
  }

  @Test("the database, tab by tab", arguments: databaseCases)
  func database(_ one: Case) throws {
    let headless = try DatabaseScenes.console(one.columns, one.rows, look: one.look, hostile: one.state == "hostile")
    for key in one.keys {
      headless.press(key)
      DatabaseScenes.answer(headless)
    }
    try Golden.compare(headless.text + "\n", one.file)
  }

  @Test("dead letters, their plans and the audit log", arguments: deadCases)
  func dead(_ one: Case) throws {
    let headless = try DeadScenes.console(one.columns, one.rows, look: one.look)
    for key in one.keys {
      headless.press(key)
      DeadScenes.answer(headless, hostile: one.state == "hostile")
    }
    try Golden.compare(headless.text + "\n", one.file)
  }

  @Test("text of each panel at several sizes, looks and states", arguments: cases)
  func golden(_ one: Case) throws {
    let headless = try Headless(one.columns, one.rows, look: one.look)
    Scenes.fill(headless, one.state)
    for key in one.keys { headless.press(key) }
    Scenes.answerLook(headless)
    try Golden.compare(headless.text + "\n", one.file)
  }
}

/// Compares with a recorded file. Recording rewrites the file and fails the run all the same.
enum Golden {
  static func compare(_ text: String, _ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    let file = folder.appendingPathComponent(name)
    let known = try? String(contentsOf: file, encoding: .utf8)
    if known == text { return }
    if ProcessInfo.processInfo.environment["OPSCONSOLE_RECORD"] != nil {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("recorded \(name); look at it, then run again without OPSCONSOLE_RECORD")
    } else {
      Issue.record("\(name) differs; it is now:\n\(text)")
    }
  }
}
