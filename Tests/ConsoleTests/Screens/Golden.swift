import Canvas
import Foundation
import Testing

/// Compares with a recorded file. Recording rewrites the file and fails the run all the same.
enum Golden {
  /// Not in the folder of this file: SwiftPM leaves it out of the build by its path.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden")

  static func compare(_ frame: Frame, _ one: GoldenCase) throws {
    let text = GoldenPicture.text(frame)
    let file = folder.appendingPathComponent(one.path)
    let known = try? String(contentsOf: file, encoding: .utf8)
    if known == text { return }
    if ProcessInfo.processInfo.environment["OPSCONSOLE_RECORD"] != nil {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("recorded \(one.path); look at it, then run again without OPSCONSOLE_RECORD")
    } else {
      Issue.record("\(one.path) differs: \(difference(known ?? "", text))\nit is now:\n\(text)")
    }
  }

  /// The first lines that differ, as recorded and as they are now.
  private static func difference(_ known: String, _ now: String) -> String {
    guard !known.isEmpty else { return "nothing is recorded" }
    let old = known.split(separator: "\n", omittingEmptySubsequences: false)
    let new = now.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
    let was = place < old.count ? String(old[place]) : "(end)"
    let isNow = place < new.count ? String(new[place]) : "(end)"
    return "line \(place + 1)\n- \(was)\n+ \(isNow)"
  }
}
