import OpsModel

/// Makes the steps of a pattern: `a`, `.`, `[a-z]`, `[^x]`, `\d \w \s \.`, `( )`, `|`, `* + ?`, `{2}`, `{2,}`, `{2,5}`.
struct PatternCompiler {
  private typealias Step = LinearPattern.Step

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var depth = 0

  static func compile(_ text: String) throws(ExpressionProblem) -> [LinearPattern.Step] {
    var compiler = PatternCompiler(scalars: Array(text.unicodeScalars))
    let steps = try compiler.either()
    guard compiler.place == compiler.scalars.count else { throw ExpressionProblem(") without (", at: compiler.place + 1) }
    return steps + [.end]
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var here: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  // Pieces are numbered from 0; who puts them together moves their places.

  private mutating func either() throws(ExpressionProblem) -> [Step] {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 20 else { throw ExpressionProblem("brackets stand too deep in each other", at: place + 1) }
    var out = try sequence()
    while here == "|" {
      place += 1
      let other = try sequence()
      out = [.fork(1, out.count + 2)] + Self.moved(out, by: 1) + [.jump(out.count + 2 + other.count)] + Self.moved(other, by: out.count + 2)
    }
    return out
  }

  private mutating func sequence() throws(ExpressionProblem) -> [Step] {
    var out: [Step] = []
    while let next = here, next != "|", next != ")" {
      let piece = try repeated()
      out += Self.moved(piece, by: out.count)
      guard out.count <= LinearPattern.largest else { throw ExpressionProblem("it repeats too much") }
    }
    return out
  }

  private mutating func repeated() throws(ExpressionProblem) -> [Step] {
    let begin = place + 1
    var piece = try single()
    while let (least, most) = try count() {
      let size = piece.count * max(1, most ?? least + 1) + 2 * (most ?? least + 1)
      guard size <= LinearPattern.largest else { throw ExpressionProblem("it repeats too much", at: begin) }
      piece = Self.times(piece, least, most)
    }
    return piece
  }

  /// How often: nil where nothing is said.
  private mutating func count() throws(ExpressionProblem) -> (Int, Int?)? {
    switch here {
    case "*":
      place += 1
      return (0, nil)
    case "+":
      place += 1
      return (1, nil)
    case "?":
      place += 1
      return (0, 1)
    case "{":
      let begin = place + 1
      guard let end = scalars[place...].firstIndex(of: "}") else { throw ExpressionProblem("{ has no }", at: begin) }
      let words = String(String.UnicodeScalarView(scalars[(place + 1)..<end])).split(separator: ",", omittingEmptySubsequences: false)
      place = end + 1
      let numbers = words.map { Int($0) }
      let isOpen = words.count == 2 && words[1].isEmpty
      guard (1...2).contains(words.count), let least = numbers[0], least >= 0, isOpen || numbers.count == 1 || numbers[1] != nil else {
        throw ExpressionProblem("a repetition is {2}, {2,} or {2,5}", at: begin)
      }
      let most = isOpen ? nil : (numbers.count == 1 ? least : numbers[1])
      guard most.map({ $0 >= least && $0 <= 1000 }) ?? (least <= 1000) else { throw ExpressionProblem("it repeats too much", at: begin) }
      return (least, most)
    default: return nil
    }
  }

  private mutating func single() throws(ExpressionProblem) -> [Step] {
    guard let first = here else { throw ExpressionProblem("it ends too early") }
    let begin = place + 1
    place += 1
    switch first {
    case "(":
      if here == "?" {
        guard place + 1 < scalars.count, scalars[place + 1] == ":" else { throw ExpressionProblem("(? is not known here", at: begin) }
        place += 2
      }
      let inner = try either()
      guard here == ")" else { throw ExpressionProblem("( has no )", at: begin) }
      place += 1
      return inner
    case "[": return [.match(try set(begin))]
    case ".": return [.match(.any)]
    case "\\": return [.match(try escaped(begin))]
    case "*", "+", "?", "{": throw ExpressionProblem("nothing stands before what is repeated", at: begin)
    case "^", "$": throw ExpressionProblem("a pattern stands for the whole text: no ^ and no $", at: begin)
    default: return [.match(.one(first))]
    }
  }

  private mutating func escaped(_ begin: Int) throws(ExpressionProblem) -> PatternSet {
    guard let next = here else { throw ExpressionProblem("it ends too early", at: begin) }
    place += 1
    switch next {
    case "d": return .digits
    case "w": return .words
    case "s": return .blanks
    default:
      guard !next.properties.isAlphabetic, !("0"..."9").contains(next) else {
        throw ExpressionProblem("\\\(SafeText(escaping: String(next))) is not known here", at: begin)
      }
      return .one(next)
    }
  }

  private mutating func set(_ begin: Int) throws(ExpressionProblem) -> PatternSet {
    var out = PatternSet()
    if here == "^" {
      out.isNegated = true
      place += 1
    }
    while let next = here, next != "]" || out.ranges.isEmpty {
      place += 1
      let low = next == "\\" ? try escaped(place) : .one(next)
      guard here == "-", place + 1 < scalars.count, scalars[place + 1] != "]", low.ranges.count == 1, let first = low.ranges.first,
        first.count == 1
      else {
        out.ranges += low.ranges
        continue
      }
      place += 1
      let end = scalars[place]
      place += 1
      let high = end == "\\" ? try escaped(place).ranges[0].lowerBound : end.value
      guard first.lowerBound <= high else { throw ExpressionProblem("a range is the wrong way round", at: place) }
      out.ranges.append(first.lowerBound...high)
    }
    guard here == "]" else { throw ExpressionProblem("[ has no ]", at: begin) }
    place += 1
    return out
  }

  // MARK: Putting together

  private static func moved(_ steps: [Step], by offset: Int) -> [Step] {
    steps.map { step in
      switch step {
      case .fork(let one, let two): .fork(one + offset, two + offset)
      case .jump(let next): .jump(next + offset)
      case .match, .end: step
      }
    }
  }

  private static func times(_ piece: [Step], _ least: Int, _ most: Int?) -> [Step] {
    var out: [Step] = []
    for _ in 0..<least { out += moved(piece, by: out.count) }
    if let most {
      for _ in least..<most { out += moved([.fork(1, piece.count + 1)] + moved(piece, by: 1), by: out.count) }
    } else {
      out += moved([.fork(1, piece.count + 2)] + moved(piece, by: 1) + [.jump(0)], by: out.count)
    }
    return out
  }
}
