/// What an alert says of itself. What a rule of this console found becomes a sentence only where somebody reads it: thousands of rules may
/// hold at a time, and a screen shows some forty of them.
public enum AlertSummary: Sendable {
  /// As another system says it.
  case told(SafeText)
  /// The thing, the field that a rule watches, how much of it, and what the number does not say.
  case measured(SafeText, WatchField, Double, detail: SafeText?)

  public var text: SafeText {
    switch self {
    case .told(let text): return text
    case .measured(let name, let field, let number, let detail):
      let rest: SafeText = detail.map { ": \($0.prefix(80))" } ?? ""
      return "\(name.prefix(40)) \(field.words(field.unit.text(number)))\(rest)"
    }
  }
}

/// Equal where the sentences are.
extension AlertSummary: Hashable {
  public static func == (left: AlertSummary, right: AlertSummary) -> Bool {
    if case .measured(let name, let field, let number, let detail) = left,
      case .measured(let otherName, let otherField, let otherNumber, let otherDetail) = right,
      number == otherNumber, name == otherName, field == otherField, detail == otherDetail
    {
      return true
    }
    return left.text == right.text
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// On a tape it stands as its sentence.
extension AlertSummary: Codable {
  public init(from decoder: any Decoder) throws { self = .told(try SafeText(from: decoder)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
