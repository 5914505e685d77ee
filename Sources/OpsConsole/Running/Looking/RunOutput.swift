import Glibc
import OpsModel
import Runbooks

/// What steps printed, read back: made safe anew, since a file may come from anywhere.
struct RunOutput {
  struct Line: Sendable {
    let at: SafeText
    let step: SafeText
    let text: SafeText
    /// It goes on in the next one of its step.
    let isOpen: Bool
  }

  private let path: String
  private var offset = 0
  private var held: [UInt8] = []

  init(_ folder: RunFolder) { path = folder.output }

  /// The last lines of a run.
  static func lines(of folder: RunFolder, last count: Int) -> [Line] {
    var reader = RunOutput(folder)
    var out: [Line] = []
    while true {
      let some = reader.next()
      if some.isEmpty { return out }
      out += some
      if out.count > count * 2 { out.removeFirst(out.count - count) }
    }
  }

  /// Goes on near the end of a file that is large already.
  mutating func skip(to bytes: Int) {
    guard let size = FilePaths.size(of: path), size > bytes else { return }
    offset = size - bytes
    // What the cut left of a line is no record.
    held = []
  }

  /// Lines that came since the last call; a megabyte at most.
  mutating func next() -> [Line] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = pread(file, &buffer, buffer.count, off_t(offset))
    guard count > 0 else { return [] }
    offset += count
    held += buffer[..<count]
    guard let end = held.lastIndex(of: 0x0A) else { return [] }
    let whole = held[..<end]
    let out = whole.split(separator: 0x0A).flatMap { Self.lines(Array($0)) }
    held.removeSubrange(...end)
    return out
  }

  private static func lines(_ record: [UInt8]) -> [Line] {
    guard let fields = JSONScan.object(record), let list = fields["lines"].flatMap({ JSONScan.array($0) }) else { return [] }
    func text(_ key: String) -> SafeText { SafeText(bytes: JSONScan.string(fields[key]) ?? [], limit: 400) }
    let (at, step) = (text("ts"), text("step"))
    let isOpen = fields["open"].map { String(decoding: $0, as: UTF8.self) == "true" } ?? false
    return list.enumerated().map { index, line in
      Line(at: at, step: step, text: SafeText(bytes: JSONScan.string(line) ?? []), isOpen: isOpen && index == list.count - 1)
    }
  }
}
