/// A plan as it was copied from somewhere: psql puts a heading above it, a `+` at the end of each line and a row count below.
enum PastedPlan {
  /// The JSON in it, or the bytes as they are where none begins.
  static func cleaned(_ bytes: [UInt8]) -> [UInt8] {
    guard let start = start(bytes) else { return bytes }
    // Continuation marks stand before a line end; inside a JSON string there is no line end.
    guard marked(bytes) else { return start == 0 ? bytes : Array(bytes[start...]) }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for byte in bytes[start...] {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        while out.last == UInt8(ascii: " ") { out.removeLast() }
        if out.last == UInt8(ascii: "+") { out.removeLast() }
      }
      out.append(byte)
    }
    return out
  }

  /// Where the JSON begins. A log puts times and pids, in brackets as well, before its `plan:`.
  private static func start(_ bytes: [UInt8]) -> Int? {
    func opening(_ from: Int) -> Int? { bytes[from...].firstIndex { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") } }
    let head = bytes.prefix(4096)
    let word = Array("plan:".utf8)
    for place in head.indices where head[place...].starts(with: word) {
      // Inside of JSON it would be part of a text.
      if !head[..<place].contains(UInt8(ascii: "{")) { return opening(place) }
    }
    return opening(0)
  }

  /// Whether the first line that opens something ends in a `+`.
  private static func marked(_ bytes: [UInt8]) -> Bool {
    guard let end = start(bytes) else { return false }
    let line = bytes[end...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return line.last { $0 != UInt8(ascii: " ") } == UInt8(ascii: "+")
  }
}
