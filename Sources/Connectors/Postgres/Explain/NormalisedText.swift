/// Texts of `pg_stat_statements` have `$n` for every constant, also where the grammar allows no parameter. This mends those places.
enum NormalisedText {
  private static let types: Set<String> = ["interval", "date", "time", "timestamp", "timestamptz"]

  /// The text with `interval $1` as `$1::interval`, `extract($1 from …)` with a field, and parameters counted anew without gaps.
  static func mended(_ text: String) -> String {
    let tokens = SQLScanner.tokens(text).list
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var numbers: [Int: Int] = [:]
    var place = 0
    var index = 0
    func slice(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
    while index < tokens.count {
      let token = tokens[index]
      out += slice(place..<token.range.lowerBound)
      place = token.range.upperBound
      if let word = token.word, types.contains(word), let (next, kind) = typed(tokens, index) {
        out += Array("\(renumber(tokens[next].parameter ?? 0, &numbers))::\(kind)".utf8)
        place = tokens[next].range.upperBound
        index = next + 1
        continue
      }
      if token.word == "extract", isField(tokens, index) {
        out += Array("extract(epoch".utf8)
        place = tokens[index + 2].range.upperBound
        index += 3
        continue
      }
      out += token.parameter.map { Array(renumber($0, &numbers).utf8) } ?? slice(token.range)
      index += 1
    }
    return String(decoding: out + slice(place..<bytes.count), as: UTF8.self)
  }

  private static func renumber(_ old: Int, _ numbers: inout [Int: Int]) -> String {
    if let known = numbers[old] { return "$\(known)" }
    numbers[old] = numbers.count + 1
    return "$\(numbers.count)"
  }

  /// `interval $1`, `timestamp with time zone $1`: the place of the parameter and the name of the type.
  private static func typed(_ tokens: [SQLToken], _ index: Int) -> (Int, String)? {
    guard let word = tokens[index].word else { return nil }
    var next = index + 1
    var kind = word
    if word == "time" || word == "timestamp", next + 2 < tokens.count, tokens[next].word == "with" || tokens[next].word == "without",
      tokens[next + 1].word == "time", tokens[next + 2].word == "zone"
    {
      kind += " \(tokens[next].word ?? "with") time zone"
      next += 3
    }
    guard next < tokens.count, tokens[next].parameter != nil else { return nil }
    return (next, kind)
  }

  /// `extract ( $1 from`
  private static func isField(_ tokens: [SQLToken], _ index: Int) -> Bool {
    index + 3 < tokens.count && tokens[index + 1].kind == .symbol(UInt8(ascii: "(")) && tokens[index + 2].parameter != nil
      && tokens[index + 3].word == "from"
  }
}
