import Yams

/// Reads YAML that people write by hand: at most 1 MiB, 32 levels and 20 000 values; no aliases, no tags, no second key of a name.
///
/// Aliases and tags are refused because a few hundred bytes of them can stand for gigabytes or for types.
public enum YAMLReader {
  public static let sizeLimit = 1_048_576
  static let depthLimit = 32
  static let nodeLimit = 20_000

  /// - Returns: nil where the text holds no document.
  /// - Throws: every `YAMLProblem` found, in order.
  public static func read(_ text: String) throws(YAMLProblems) -> YAMLNode? {
    guard text.utf8.count <= sizeLimit else {
      throw YAMLProblems([YAMLProblem(.init(line: 1, column: 1), "the file is larger than 1 MiB")])
    }
    // Before Yams composes anything: a few hundred bytes of aliases can stand for gigabytes.
    if let found = AliasFinder.find(in: text, limit: depthLimit) { throw YAMLProblems([problem(of: found)]) }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw YAMLProblems([problem(of: error)])
    }
    guard let node else { return nil }
    var converter = Converter()
    let result = converter.convert(node, depth: 0)
    if !converter.problems.isEmpty { throw YAMLProblems(converter.problems) }
    return result
  }

  private static func problem(of found: AliasFinder.Finding) -> YAMLProblem {
    switch found {
    case .aliasOrTag(let mark):
      YAMLProblem(mark, "anchors, aliases and tags are not accepted: write the value out; text that begins with & * or ! needs quotes")
    case .needsQuotes(let mark):
      YAMLProblem(mark, "text that begins with & * or ! needs quotes; anchors, aliases and tags are not accepted")
    case .tooDeep(let mark): YAMLProblem(mark, "nested more than \(depthLimit) levels deep")
    }
  }

  private static func problem(of error: any Error) -> YAMLProblem {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      YAMLProblem(.init(line: mark.line, column: mark.column), problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      YAMLProblem(
        .init(line: context.mark.line, column: context.mark.column),
        "the key '\(duplicates.joined(separator: "', '"))' stands twice")
    default:
      YAMLProblem(.init(line: 1, column: 1), "not YAML: \(error)")
    }
  }
}

/// All that is wrong in one file.
public struct YAMLProblems: Error, Sendable {
  public let list: [YAMLProblem]

  public init(_ list: [YAMLProblem]) { self.list = list }
}

private struct Converter {
  var problems: [YAMLProblem] = []
  var count = 0

  mutating func convert(_ node: Node, depth: Int) -> YAMLNode {
    let mark = YAMLNode.Mark(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    count += 1
    if count == YAMLReader.nodeLimit { problems.append(YAMLProblem(mark, "more than \(YAMLReader.nodeLimit) values")) }
    guard count < YAMLReader.nodeLimit, depth <= YAMLReader.depthLimit else { return .list([], mark) }
    switch node {
    case .scalar(let scalar):
      return .scalar(scalar.string, isQuoted: scalar.style == .singleQuoted || scalar.style == .doubleQuoted, mark)
    case .sequence(let sequence):
      return .list(sequence.map { convert($0, depth: depth + 1) }, mark)
    case .mapping(let mapping):
      return .map(mapping.map { entry($0.key, $0.value, depth) }, mark)
    case .alias:
      problems.append(YAMLProblem(mark, "aliases are not taken here"))
      return .list([], mark)
    }
  }

  private mutating func entry(_ key: Node, _ value: Node, _ depth: Int) -> YAMLNode.Entry {
    let mark = YAMLNode.Mark(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
    if key.string == nil { problems.append(YAMLProblem(mark, "a key must be plain text")) }
    return YAMLNode.Entry(key: key.string ?? "", keyMark: mark, value: convert(value, depth: depth + 1))
  }
}
