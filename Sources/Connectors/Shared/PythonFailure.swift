import OpsModel

/// The type and message of a Python traceback.
struct PythonFailure {
  var type: SafeText?
  var message: SafeText?

  /// The line behind the last `Traceback`: the first that is not indented. Without one, the last line that is not empty.
  init(traceback text: [UInt8]) {
    guard let line = Self.line(of: text) else { return }
    let split = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    let name = line[..<split]
    guard name.allSatisfy({ $0 > 0x20 }), name.count <= 200 else {
      message = SafeText(bytes: line, limit: 400)
      return
    }
    let short = name.lastIndex(of: UInt8(ascii: ".")).map { name[($0 + 1)...] } ?? name
    type = SafeText(bytes: short, limit: 120)
    if split < line.endIndex { message = SafeText(bytes: line[(split + 1)...].drop { $0 == 0x20 }, limit: 400) }
  }

  private static let mark = Array("Traceback (most recent call last):".utf8)

  /// Walks backwards: what matters stands at the end of a long text.
  private static func line(of text: [UInt8]) -> ArraySlice<UInt8>? {
    var end = text.endIndex
    var last: ArraySlice<UInt8>?
    var candidate: ArraySlice<UInt8>?
    while end > 0 {
      var start = end
      while start > 0 && text[start - 1] != 0x0A { start -= 1 }
      let line = text[start..<end]
      if let first = line.first {
        if last == nil { last = line }
        if first == mark[0] && line.starts(with: mark) { return candidate ?? last }
        if first != 0x20 && first != 0x09 { candidate = line }
      }
      end = start - 1
    }
    return last
  }
}
