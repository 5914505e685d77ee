import OpsModel
import StrictYAML

extension RunbookReader {
  mutating func parameters(_ node: YAMLNode?, _ out: inout Runbook) {
    for entry in map(node, "params") {
      guard Self.isName(entry.key) else {
        fields.report(entry.keyMark, "a parameter's name has small letters, digits and _, and begins with a letter")
        continue
      }
      guard let parameter = parameter(entry) else { continue }
      out.parameters.append(parameter)
      scope.parameters[parameter.name] = parameter.kind.value
      if parameter.isSensitive { scope.sensitive.insert(parameter.name) }
    }
  }

  static func isName(_ text: String) -> Bool {
    text.count <= 40 && text.first.map { ("a"..."z").contains($0) } == true && text.allSatisfy { $0.isLetterOrDigit || $0 == "_" }
  }

  private mutating func parameter(_ entry: YAMLNode.Entry) -> Parameter? {
    let what: SafeText = "the parameter \(SafeText(escaping: entry.key))"
    let found = object(entry.value, "parameter", what)
    let words = Parameter.Kind.allCases.map(\.rawValue)
    guard let kind = fields.word(found["type"], "type", of: words).flatMap({ Parameter.Kind(rawValue: $0) }) else {
      // Uses of it are not wrong for that.
      scope.parameters[entry.key] = .any
      return nil
    }
    var out = Parameter(name: entry.key, kind: kind, mark: entry.keyMark)
    out.isRequired = fields.flag(found["required"], "required") ?? false
    out.allowsLeadingDash = fields.flag(found["allow_leading_dash"], "allow_leading_dash") ?? false
    out.isSensitive = fields.flag(found["sensitive"], "sensitive") ?? false
    out.longest = whole(found["max_len"], "max_len", in: 1...65_536) ?? 256
    out.question = literal(found["prompt"], "prompt").map { SafeText(escaping: $0, limit: 120) }
    out.source = literal(found["source"], "source")
    bounds(found, &out)
    choices(found, &out)
    if let text = literal(found["pattern"], "pattern") {
      do throws(ExpressionProblem) { out.pattern = try LinearPattern(text) } catch {
        report(found["pattern"], "pattern, \(error.sentence)")
      }
    }
    fallback(found["default"], &out)
    if !out.isRequired, found["default"] == nil { report(entry.value, "\(what) needs a default, or required: true") }
    return out
  }

  private mutating func bounds(_ found: [String: YAMLNode], _ out: inout Parameter) {
    for key in ["min", "max"] {
      guard let node = found[key], let text = literal(node, SafeText(escaping: key)) else { continue }
      guard let number = ParameterCheck.amount(text, out.kind) else {
        report(
          node,
          "\(SafeText(escaping: key)) of a parameter of type \(SafeText(escaping: out.kind.rawValue)) can not be \(SafeText(escaping: text, limit: 40))"
        )
        continue
      }
      if key == "min" { out.least = number } else { out.most = number }
    }
    if let least = out.least, let most = out.most, least > most { report(found["min"], "min is more than max") }
  }

  private mutating func choices(_ found: [String: YAMLNode], _ out: inout Parameter) {
    out.choices = list(found["values"], "values").compactMap { literal($0, "a value") }
    if out.kind == .enum, out.choices.isEmpty { report(found["type"], "an enum needs values: [one, other]") }
    if out.kind != .enum, found["values"] != nil { report(found["values"], "values belong to an enum") }
  }

  private mutating func fallback(_ node: YAMLNode?, _ out: inout Parameter) {
    guard let node else { return }
    let texts: [String]
    switch node {
    case .scalar(let text, _, _): texts = [text]
    case .list(let items, _): texts = items.compactMap { literal($0, "default") }
    case .map: return report(node, "a default is a value or a list of values")
    }
    if texts.contains(where: { $0.range(of: "${{") != nil }) { return report(node, "a default is never filled in: it is fixed text") }
    if out.kind == .enum, out.choices.isEmpty { return }
    do throws(ExpressionProblem) {
      out.fallback = try ParameterCheck.value(texts, of: out, isDefault: true)
    } catch {
      report(node, "default: \(error.message)")
    }
  }
}
