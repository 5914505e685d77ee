extension WatchExpression {
  /// - Throws: `WatchError` with the place: an unknown field (and the nearest known one), no comparison, a bound of another unit.
  public static func parse(_ text: String) throws(WatchError) -> WatchExpression {
    guard let sign = text.firstIndex(where: { "<>=".contains($0) }) else {
      throw WatchError(column: 1, message: "no comparison: write it like queue.ready > 10000 for 2m")
    }
    let name = trimmed(text[..<sign])
    var rest = text[text.index(after: sign)...]
    var operation = String(text[sign])
    if rest.first == "=" {
      operation += "="
      rest = rest.dropFirst()
    }
    func column(_ part: Substring) -> Int { text.distance(from: text.startIndex, to: part.startIndex) + 1 }
    guard let comparison = Comparison(rawValue: operation) else {
      throw WatchError(column: column(text[sign...]), message: "\(SafeText(escaping: operation)) compares nothing: use >, >=, < or <=")
    }
    let words = rest.split(separator: " ")
    guard let amount = words.first else { throw WatchError(column: text.count + 1, message: "the bound is missing, as in > 10000") }
    guard let field = WatchField.named(name, inPercent: amount.hasSuffix("%")) else { throw unknown(name) }
    guard let bound = WatchAmount.parse(amount, field.unit) else {
      throw WatchError(
        column: column(amount),
        message:
          "\(SafeText(escaping: field.name)) is \(WatchAmount.words(field.unit)); this is '\(SafeText(escaping: String(amount), limit: 30))'"
      )
    }
    let lasting = try duration(words.dropFirst(), column)
    return WatchExpression(field: field, comparison: comparison, bound: bound, lasting: lasting)
  }

  /// Another amount of the same field, such as where it must come back to; nil where the text is none.
  public func amount(_ text: String) -> Double? { WatchAmount.parse(text[...], field.unit) }

  private static func duration(_ words: ArraySlice<Substring>, _ column: (Substring) -> Int) throws(WatchError) -> Double {
    guard let first = words.first else { return 0 }
    guard first == "for" else {
      throw WatchError(column: column(first), message: "only 'for' and a time may follow the bound, as in > 10000 for 2m")
    }
    guard words.count == 2, let last = words.last, let seconds = WatchAmount.parse(last, .seconds), (0...86_400).contains(seconds) else {
      throw WatchError(column: column(first), message: "a time from 0s to 24h must follow 'for', as in for 2m")
    }
    return seconds
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func unknown(_ name: String) -> WatchError {
    let shown = SafeText(escaping: name, limit: 60)
    if name.isEmpty { return WatchError(column: 1, message: "the field is missing, as in queue.ready > 10000") }
    if let near = Nearest.word(to: name, in: WatchField.names) {
      return WatchError(column: 1, message: "there is no field '\(shown)'; did you mean '\(SafeText(escaping: near))'?")
    }
    return WatchError(column: 1, message: "there is no field '\(shown)'; docs/alerts.md lists them")
  }
}
