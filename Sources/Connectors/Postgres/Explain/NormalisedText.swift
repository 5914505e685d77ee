/// Texts of `pg_stat_statements` have `$n` for every constant, also where the grammar allows no parameter. This mends those places.
struct NormalisedText {
  private static let types: Set<String> = ["interval", "date", "time", "timestamp", "timestamptz"]

  private let bytes: [UInt8]
  private let tokens: [SQLToken]
  private var out: [UInt8] = []
  /// New numbers of parameters, so that none is left out.
  private var numbers: [Int: Int] = [:]
  /// How far the text was taken over.
  private var place = 0

  private init(_ text: String) {
    bytes = Array(text.utf8)
    tokens = SQLScanner.tokens(text).list
  }

  /// The text with `interval $1` as `$1::interval`, `extract($1 from …)` with a field, and parameters counted anew without gaps.
  static func mended(_ text: String) -> String {
    var text = NormalisedText(text)
    var index = 0
    while index < text.tokens.count { index = text.take(index) }
    text.copy(to: text.bytes.count)
    return String(decoding: text.out, as: UTF8.self)
  }

  private mutating func copy(to end: Int) {
    out += bytes[place..<end]
    place = end
  }

  /// - Returns: the place of the next token.
  private mutating func take(_ index: Int) -> Int {
    copy(to: tokens[index].range.lowerBound)
    let word = tokens[index].word ?? ""
    if Self.types.contains(word), let next = parameter(after: index) {
      let kind = bytes[tokens[index].range.lowerBound..<tokens[next - 1].range.upperBound]
      out += Array("$\(renumbered(tokens[next].parameter ?? 0))::".utf8) + kind
      place = tokens[next].range.upperBound
      return next + 1
    }
    if word == "extract", isField(index) {
      out += Array("extract(epoch".utf8)
      place = tokens[index + 2].range.upperBound
      return index + 3
    }
    if let number = tokens[index].parameter {
      out += Array("$\(renumbered(number))".utf8)
      place = tokens[index].range.upperBound
    } else {
      copy(to: tokens[index].range.upperBound)
    }
    return index + 1
  }

  private mutating func renumbered(_ old: Int) -> Int {
    if let known = numbers[old] { return known }
    numbers[old] = numbers.count + 1
    return numbers.count
  }

  private func word(_ index: Int) -> String { index < tokens.count ? tokens[index].word ?? "" : "" }

  /// `interval $1`, `timestamp with time zone $1`: the place of the parameter.
  private func parameter(after index: Int) -> Int? {
    var next = index + 1
    if ["time", "timestamp"].contains(word(index)), ["with", "without"].contains(word(next)), word(next + 1) == "time",
      word(next + 2) == "zone"
    {
      next += 3
    }
    return next < tokens.count && tokens[next].parameter != nil ? next : nil
  }

  /// `extract ( $1 from`
  private func isField(_ index: Int) -> Bool {
    guard index + 3 < tokens.count, tokens[index + 1].kind == .symbol(UInt8(ascii: "(")) else { return false }
    return tokens[index + 2].parameter != nil && word(index + 3) == "from"
  }
}
