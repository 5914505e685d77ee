import OpsModel
public import StrictYAML

/// Reads a runbook and says everything that is wrong with it at once, each with its line and column.
public struct RunbookReader {
  var fields: FieldReader
  var scope = ScopeSketch()
  /// Where each step and look stands, to tell of a second one of its name.
  var names: [String: YAMLNode.Mark] = [:]
  /// A class that may only look.
  var looksOnly = false

  init(file: String) { fields = FieldReader(file: file) }

  /// - Throws: `FileProblems`.
  public static func read(_ text: String, file: String) throws(FileProblems) -> Runbook {
    let node: YAMLNode?
    do { node = try YAMLReader.read(text) } catch {
      throw FileProblems(list: error.list.map { FileProblem(file: file, mark: $0.mark, message: SafeText(escaping: $0.message)) })
    }
    guard let node else { throw FileProblems(list: [FileProblem(file: file, mark: nil, message: "there is nothing in it")]) }
    var reader = RunbookReader(file: file)
    let runbook = reader.document(node)
    guard reader.fields.problems.isEmpty else {
      throw FileProblems(
        list: reader.fields.problems.sorted { ($0.mark?.line ?? 0, $0.mark?.column ?? 0) < ($1.mark?.line ?? 0, $1.mark?.column ?? 0) })
    }
    return runbook
  }

  // MARK: By the tables

  /// The values of an object by key; unknown and missing keys are reported.
  mutating func object(_ node: YAMLNode?, _ name: String, _ what: SafeText) -> [String: YAMLNode] {
    guard let node else { return [:] }
    let spec = FormatSpec.object(name)
    var known = spec.keys
    if case .map(let entries, _) = node {
      for entry in entries where !known.contains(entry.key) {
        guard let hint = FormatHints.hint(name, entry.key) else { continue }
        fields.report(entry.keyMark, hint)
        known.append(entry.key)
      }
    }
    let found = fields.fields(node, of: what, known: known)
    guard case .map = node else { return [:] }
    for field in spec.fields where field.isRequired && found[field.name] == nil {
      fields.report(node.mark, "\(what) needs \(SafeText(escaping: field.name)): \(SafeText(escaping: field.about))")
    }
    return found
  }

  mutating func report(_ node: YAMLNode?, _ message: SafeText) { fields.report(node?.mark, message) }

  /// Fixed text: `${{` in it is an error that says how it is done.
  mutating func literal(_ node: YAMLNode?, _ key: SafeText, instead: SafeText = "it is fixed text") -> String? {
    guard let text = fields.text(node, key) else { return nil }
    guard text.range(of: "${{") == nil else {
      report(node, "\(key) is never filled in: \(instead)")
      return nil
    }
    return text
  }

  mutating func template(_ node: YAMLNode?, _ key: SafeText) -> Template? {
    guard let node, let text = fields.text(node, key) else { return nil }
    if let name = FormatHints.unfilled(text), !name.text.hasPrefix("secrets.") {
      report(node, "\(key): ${\(name)} is never filled in, ${{ \(name) }} is")
    }
    do throws(ExpressionProblem) {
      let template = try Template(text)
      _ = try template.kind(in: scope)
      return template
    } catch {
      report(node, "\(key), \(error.sentence)")
      return nil
    }
  }

  mutating func templates(_ node: YAMLNode?, _ key: SafeText) -> [Template] {
    list(node, key).compactMap { template($0, "an entry of \(key)") }
  }

  mutating func templateMap(_ node: YAMLNode?, _ key: SafeText) -> [String: Template] {
    var out: [String: Template] = [:]
    for entry in map(node, key) { out[entry.key] = template(entry.value, "\(SafeText(escaping: entry.key, limit: 60)) of \(key)") }
    return out
  }

  /// True or false.
  mutating func expression(_ node: YAMLNode?, _ key: SafeText) -> Expression? {
    guard let node, let text = fields.text(node, key) else { return nil }
    do throws(ExpressionProblem) {
      let expression = try Expression.parse(text)
      let kind = try expression.kind(in: scope)
      guard kind == .bool || kind == .any else { throw ExpressionProblem("it is \(kind.words), and has to be true or false") }
      return expression
    } catch {
      report(node, "\(key), \(error.sentence)")
      return nil
    }
  }

  mutating func list(_ node: YAMLNode?, _ key: SafeText) -> [YAMLNode] {
    guard let node else { return [] }
    guard case .list(let items, _) = node else {
      report(node, "\(key) must be a list, this is \(SafeText(escaping: node.shape))")
      return []
    }
    return items
  }

  mutating func map(_ node: YAMLNode?, _ key: SafeText) -> [YAMLNode.Entry] {
    guard let node else { return [] }
    guard case .map(let entries, _) = node else {
      report(node, "\(key) must be a mapping, this is \(SafeText(escaping: node.shape))")
      return []
    }
    return entries
  }

  mutating func whole(_ node: YAMLNode?, _ key: SafeText, in range: ClosedRange<Int>) -> Int? {
    guard let node, let text = fields.text(node, key) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      report(node, "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  mutating func seconds(_ node: YAMLNode?, _ key: SafeText, in range: ClosedRange<Double>) -> Double? {
    fields.number(node, key, in: range)
  }

  mutating func number(_ node: YAMLNode?, _ key: SafeText, in range: ClosedRange<Double>) -> Double? {
    guard let node, let text = fields.text(node, key) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      report(node, "\(key) must be a number from \(Units.short(range.lowerBound)) to \(Units.short(range.upperBound))")
      return nil
    }
    return number
  }
}
