/// Looks for what must never reach the composer: anchors, aliases, tags, and nesting that would exhaust the stack.
///
/// It reads characters and not grammar: it knows quotes, comments and block indentation well enough to tell `*name` that begins a
/// value from a star inside one.
enum AliasFinder {
  static func firstAliasOrTag(in text: String) -> YAMLNode.Mark? {
    var quotes = QuoteTracker()
    var state = ValueStart()
    var line = 1
    var column = 0
    for scalar in text.unicodeScalars {
      column += 1
      if !quotes.isPlain(scalar) {
        state.isAtStart = false
      } else if state.isAtStart && (scalar == "*" || scalar == "&" || scalar == "!") {
        return .init(line: line, column: column)
      } else {
        state.step(scalar)
      }
      if scalar == "\n" {
        line += 1
        column = 0
      }
    }
    return nil
  }

  static func tooDeep(in text: String, limit: Int) -> YAMLNode.Mark? {
    var quotes = QuoteTracker()
    var depth = 0
    var line = 1
    var column = 0
    var dashes = 0
    var inIndent = true
    for scalar in text.unicodeScalars {
      column += 1
      if quotes.isPlain(scalar) {
        if scalar == "[" || scalar == "{" { depth += 1 }
        if scalar == "]" || scalar == "}" { depth = max(0, depth - 1) }
        if inIndent && (scalar == "-" || scalar == "?") { dashes += 1 }
        if scalar != " " && scalar != "-" && scalar != "?" { inIndent = false }
        if depth > limit || dashes > limit || (inIndent && column > limit * 16) { return .init(line: line, column: column) }
      }
      if scalar == "\n" {
        line += 1
        column = 0
        dashes = 0
        inIndent = true
      }
    }
    return nil
  }
}

/// Whether a value may begin at the next character: at the head of a line, after `- `, `: ` and `? `, and inside brackets.
private struct ValueStart {
  var isAtStart = true
  private var sawIndicator = false
  private var brackets = 0

  mutating func step(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\n":
      isAtStart = true
      sawIndicator = false
    case " ", "\t":
      isAtStart = isAtStart || sawIndicator
      sawIndicator = false
    case "-", ":", "?":
      isAtStart = false
      sawIndicator = true
    case "[", "{":
      brackets += 1
      isAtStart = true
    case "]", "}":
      brackets = max(0, brackets - 1)
      isAtStart = false
    case ",":
      isAtStart = brackets > 0
    default:
      isAtStart = false
      sawIndicator = false
    }
  }
}

/// Tells characters that stand in quotes or in a comment from the others.
private struct QuoteTracker {
  private var quote: Unicode.Scalar?
  private var isComment = false
  private var isEscaped = false
  private var before: Unicode.Scalar = "\n"

  mutating func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    defer { before = scalar }
    if isComment {
      if scalar == "\n" { isComment = false }
      return scalar == "\n"
    }
    if let open = quote {
      if isEscaped {
        isEscaped = false
      } else if scalar == "\\" && open == "\"" {
        isEscaped = true
      } else if scalar == open {
        quote = nil
      }
      return false
    }
    let opens = before == " " || before == "\n" || before == "[" || before == "{" || before == "," || before == ":" || before == "-"
    if (scalar == "\"" || scalar == "'") && opens {
      quote = scalar
      return false
    }
    if scalar == "#" && (before == " " || before == "\n" || before == "\t") {
      isComment = true
      return false
    }
    return true
  }
}
