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
}
