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
    text.withUnsafeBufferPointer { lines($0) }.map { text[$0] }
  }

  private static func lines(_ text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    var end = text.count
    var last: Range<Int>?
    var candidate: Range<Int>?
    while end > 0 {
      var start = end
      while start > 0, text[start - 1] != 0x0A { start -= 1 }
      if start < end {
        if last == nil { last = start..<end }
        let first = text[start]
        if first == mark[0] && text[start..<end].starts(with: mark) { return candidate ?? last }
        if first != 0x20 && first != 0x09 { candidate = start..<end }
      }
      end = start - 1
    }
    return last
  }
}
