import Foundation
import Testing

@Suite("Who may import whom")
struct ArrowTests {
  /// The arrows of ARCHITECTURE.md. A new one is a decision: it is written here, in Tests/lint and there.
  static let allowed: [String: Set<String>] = [
    "OpsModel": [],
    "Gate": ["OpsModel", "CLibCrypto"],
    "StrictYAML": ["OpsModel", "Yams", "CYaml"],
    "Runbooks": ["CProcess", "Gate", "OpsModel", "StrictYAML"],
    "Canvas": [],
    "Console": ["Canvas", "Gate", "OpsModel", "DequeModule"],
    "Terminal": ["Canvas", "CNcurses"],
    "Panels": ["Console", "Canvas", "Gate", "OpsModel"],
    "Connectors": [
      "Gate", "OpsModel", "CHiredis", "CLibPQ", "CZlib", "NIOCore", "NIOPosix", "NIOSSL", "DequeModule", "AsyncHTTPClient", "NIOHTTP1",
      "NIOHTTPCompression", "NIOWebSocket",
    ],
    "Tape": ["Console", "OpsModel", "CZlib", "GRDB", "Foundation"],
    "OpsConsole": [
      "Runbooks", "Tape", "SystemPackage", "Canvas", "Connectors", "Console", "Gate", "OpsModel", "Panels", "StrictYAML", "Terminal",
      "CProcess",
      "ArgumentParser", "Subprocess",
      "NIOCore",
    ],
  ]
  static let system: Set<String> = ["Glibc", "Darwin", "Synchronization", "Dispatch"]

  @Test("every import line of a module is one of its arrows", arguments: allowed.keys.sorted())
  func arrows(module: String) throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/\(module)")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
    let swift = files.filter { $0.pathExtension == "swift" }
    try #require(!swift.isEmpty)
    for file in swift {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "import"), words[..<at].allSatisfy({ ["public", "internal", "@testable"].contains($0) }) else {
          continue
        }
        let name = String(words[words.index(after: at)])
        #expect(Self.system.union(Self.allowed[module] ?? []).contains(name), "\(file.lastPathComponent) imports \(name)")
      }
    }
  }
}
