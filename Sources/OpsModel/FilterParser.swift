/// Why a filter text is not understood; `column` counts characters from 1.
public struct FilterError: Error, Hashable, Sendable {
  public let column: Int
  public let message: SafeText
}

extension Filter {
  /// - Throws: `FilterError` for an unknown field (with the nearest known one), a comparison that the field has not, or an open quote.
  public static func parse(_ text: String, fields: [FilterField]) throws(FilterError) -> Filter {
    var terms: [Term] = []
    for word in try words(text) { terms.append(try term(word, fields)) }
    return Filter(terms: terms)
  }

  struct Word {
    let column: Int
    /// Text outside quotes up to the first quote decides field and comparison.
    let text: String
    let quotedFrom: Int?
  }

  private static func words(_ text: String) throws(FilterError) -> [Word] {
    var words: [Word] = []
    var current = ""
    var start = 0
    var quotedFrom: Int?
    var isQuoted = false
    var quoteColumn = 0
    for (index, character) in text.enumerated() {
      if current.isEmpty && quotedFrom == nil && !isQuoted { start = index }
      if character == "\"" {
        if !isQuoted {
          quotedFrom = quotedFrom ?? current.count
          quoteColumn = index + 1
        }
        isQuoted.toggle()
      } else if character == " " && !isQuoted {
        if !current.isEmpty { words.append(Word(column: start + 1, text: current, quotedFrom: quotedFrom)) }
        current = ""
        quotedFrom = nil
      } else {
        current.append(character)
      }
    }
    if isQuoted { throw FilterError(column: quoteColumn, message: "this quote is not closed") }
    if !current.isEmpty { words.append(Word(column: start + 1, text: current, quotedFrom: quotedFrom)) }
    return words
  }

  private static func term(_ word: Word, _ fields: [FilterField]) throws(FilterError) -> Term {
    var rest = Substring(word.text)
    var open = word.quotedFrom ?? rest.count
    let isNegated = rest.hasPrefix("-") && rest.count > 1 && open > 0
    if isNegated {
      rest = rest.dropFirst()
      open -= 1
    }
    let head = rest.prefix(open)
    guard let sign = head.firstIndex(where: { ":~<>".contains($0) }), sign > head.startIndex else {
      return Term(isNegated: isNegated, field: nil, comparison: .contains, text: rest.lowercased(), number: nil)
    }
    let name = head[..<sign].lowercased()
    var comparison = Comparison(rawValue: String(rest[sign])) ?? .equals
    var value = rest[rest.index(after: sign)...]
    if value.hasPrefix("="), comparison == .above || comparison == .below {
      comparison = comparison == .above ? .atLeast : .atMost
      value = value.dropFirst()
    }
    guard let field = fields.first(where: { $0.name == name }) ?? fields.first(where: { $0.aliases.contains(name) }) else {
      throw unknown(name, fields, word.column)
    }
    return try comparing(field, comparison, String(value), isNegated, word.column)
  }

  private static func comparing(
    _ field: FilterField, _ comparison: Comparison, _ value: String, _ isNegated: Bool, _ column: Int
  ) throws(FilterError) -> Term {
    let name = SafeText(escaping: field.name)
    let number = Quantity.parse(value)
    if field.shape == .number && number == nil {
      throw FilterError(column: column, message: "\(name) is a number: write \(name)>60, 60s, 5m, 10k or 64MB")
    }
    if field.shape == .text && comparison != .equals && comparison != .contains {
      throw FilterError(column: column, message: "\(name) is text: write \(name):word or \(name)~part")
    }
    return Term(isNegated: isNegated, field: field.name, comparison: comparison, text: value.lowercased(), number: number)
  }

  private static func unknown(_ name: String, _ fields: [FilterField], _ column: Int) -> FilterError {
    let names = fields.map(\.name)
    let shown = SafeText(escaping: name)
    guard let near = Nearest.word(to: name, in: names) else {
      return FilterError(column: column, message: "no column \(shown); there are \(SafeText(escaping: names.joined(separator: ", ")))")
    }
    return FilterError(column: column, message: "no column \(shown); did you mean \(SafeText(escaping: near))?")
  }
}
