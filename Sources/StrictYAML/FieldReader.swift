public import OpsModel

/// Reads the fields of one YAML mapping and collects everything that is wrong with them.
public struct FieldReader {
  public let file: String
  public private(set) var problems: [FileProblem] = []

  public init(file: String) { self.file = file }

  public mutating func report(_ mark: YAMLNode.Mark?, _ message: SafeText) {
    problems.append(FileProblem(file: file, mark: mark, message: message))
  }

  /// The fields by key. Unknown keys are reported with the nearest known one.
  public mutating func fields(_ node: YAMLNode, of what: SafeText, known: [String]) -> [String: YAMLNode] {
    guard case .map(let entries, _) = node else {
      report(node.mark, "\(what) must be a mapping, this is \(SafeText(escaping: node.shape))")
      return [:]
    }
    var out: [String: YAMLNode] = [:]
    for entry in entries {
      if !known.contains(entry.key) {
        report(entry.keyMark, Self.unknown("key", entry.key, known))
      } else if out.updateValue(entry.value, forKey: entry.key) != nil {
        report(entry.keyMark, "the key \(SafeText(escaping: entry.key)) stands twice")
      }
    }
    return out
  }

  public static func unknown(_ what: SafeText, _ word: String, _ known: [String]) -> SafeText {
    let shown = SafeText(escaping: word, limit: 60)
    if let near = Nearest.word(to: word, in: known) { return "unknown \(what) '\(shown)'; did you mean '\(SafeText(escaping: near))'?" }
    return "unknown \(what) '\(shown)'; known are \(SafeText(escaping: known.joined(separator: ", ")))"
  }

  public mutating func text(_ node: YAMLNode?, _ key: SafeText) -> String? {
    guard let node else { return nil }
    guard case .scalar(let text, _, _) = node else {
      report(node.mark, "\(key) must be text, this is \(SafeText(escaping: node.shape))")
      return nil
    }
    return text
  }

  public mutating func list(_ node: YAMLNode?, _ key: SafeText) -> [String]? {
    guard let node else { return nil }
    guard case .list(let items, _) = node else {
      report(node.mark, "\(key) must be a list, this is \(SafeText(escaping: node.shape))")
      return nil
    }
    return items.compactMap { text($0, "an entry of \(key)") }
  }

  public mutating func number(_ node: YAMLNode?, _ key: SafeText, in range: ClosedRange<Double>) -> Double? {
    guard let node, let text = text(node, key) else { return nil }
    guard let number = Quantity.parse(text), range.contains(number) else {
      report(node.mark, "\(key) must be a number from \(Units.duration(range.lowerBound)) to \(Units.duration(range.upperBound))")
      return nil
    }
    return number
  }

  public mutating func flag(_ node: YAMLNode?, _ key: SafeText) -> Bool? {
    guard let node, let text = text(node, key) else { return nil }
    switch text {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      report(node.mark, "\(key) must be true or false")
      return nil
    }
  }

  /// One of a few words.
  public mutating func word(_ node: YAMLNode?, _ key: SafeText, of words: [String]) -> String? {
    guard let node, let text = text(node, key) else { return nil }
    guard words.contains(text) else {
      report(node.mark, Self.unknown(key, text, words))
      return nil
    }
    return text
  }
}
