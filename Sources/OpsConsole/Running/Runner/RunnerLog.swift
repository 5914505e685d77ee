import OpsModel
import Runbooks

/// What runners said that had nobody else to say it to: why one did not take the run up.
enum RunnerLog {
  private static let name = Array("opsconsole: ".utf8)

  /// - Parameter bytes: what was there before.
  /// - Returns: nil where nothing was said since.
  static func said(_ folder: RunFolder, after bytes: Int) -> SafeText? {
    guard let all = FilePaths.bytes(of: folder.log, limit: 1 << 20), all.count > bytes else { return nil }
    let lines = all[bytes...].split(separator: 0x0A).map { line in
      // Whoever tells it says its own name.
      SafeText(bytes: line.starts(with: name) ? line.dropFirst(name.count) : line, limit: 300)
    }
    return lines.isEmpty ? nil : SafeText.join(lines.suffix(3), "; ")
  }
}
