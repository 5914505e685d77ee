import Foundation

/// A folder for the files of one test, removed with the last reference to it: at the latest when the suite's value of a test ends.
public final class TestFolder: Sendable {
  public let path: String

  public init() {
    path = NSTemporaryDirectory() + "opsc-test-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A path in it at which nothing lies yet.
  public func file(_ ending: String) -> String { "\(path)/\(UUID().uuidString).\(ending)" }

  /// A new folder in it.
  public func folder() throws -> String {
    let inner = "\(path)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    return inner
  }
}
