import Canvas
public import OpsModel

/// Breaks text into lines.
public enum TextWrap {
  /// Lines of at most `width` columns, broken at a blank where one stands in the last third, else in the word.
  public static func lines(_ text: SafeText, width: Int) -> [SafeText] {
    guard TextWidth.of(text.text) > width else { return [text] }
    var lines: [SafeText] = []
    var rest = Substring(text.text)
    while !rest.isEmpty && lines.count < 200 {
      var end = rest.startIndex
      var columns = 0
      while end < rest.endIndex {
        let size = TextWidth.of(String(rest[end]))
        if columns + size > width && columns > 0 { break }
        columns += size
        end = rest.index(after: end)
      }
      if end < rest.endIndex, rest[end] == " " {
        lines.append(SafeText(escaping: String(rest[..<end])))
        rest = rest[rest.index(after: end)...]
      } else if end < rest.endIndex, let blank = rest[..<end].lastIndex(of: " "), rest.distance(from: blank, to: end) < width / 3 {
        lines.append(SafeText(escaping: String(rest[..<blank])))
        rest = rest[rest.index(after: blank)...]
      } else {
        lines.append(SafeText(escaping: String(rest[..<end])))
        rest = rest[end...]
      }
    }
    return lines
  }

  /// The text in at most `width` columns: its head and its tail with `…` between them, since names often differ at their end.
  public static func middle(_ text: SafeText, width: Int) -> SafeText {
    guard TextWidth.of(text.text) > width else { return text }
    guard width > 2 else { return text.prefix(max(0, width)) }
    let characters = Array(text.text)
    var head = 0
    var tail = 0
    var left = width - 1
    // One from the head, one from the tail, as long as both fit.
    while head + tail < characters.count {
      let isHead = head <= tail
      let size = TextWidth.of(String(isHead ? characters[head] : characters[characters.count - 1 - tail]))
      guard size <= left else { break }
      left -= size
      if isHead { head += 1 } else { tail += 1 }
    }
    return SafeText(escaping: String(characters[..<head]) + "…" + String(characters[(characters.count - tail)...]), limit: .max)
  }
}
