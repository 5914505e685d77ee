import OpsModel
import StrictYAML

/// Reads `alerts:` and `notify:` of the configuration.
struct AlertSettingsReader {
  private static let ruleKeys = ["name", "when", "severity", "where", "clear", "runbooks", "off"]
  private static let severities: [String: Severity] = ["warning": .warning, "critical": .critical]

  private(set) var reader: FieldReader
  private var settings = AlertSettings()

  init(reader: FieldReader) { self.reader = reader }

  mutating func read(alerts: YAMLNode?, notify: YAMLNode?) -> AlertSettings {
    if let alerts { rules(alerts) }
    if let notify { tell(notify) }
    return settings
  }

  // MARK: Rules

  private mutating func rules(_ node: YAMLNode) {
    guard case .list(let items, _) = node else {
      reader.report(node.mark, "alerts must be a list, this is \(SafeText(escaping: node.shape))")
      return
    }
    var names: [String: YAMLNode.Mark] = [:]
    for (index, item) in items.enumerated() { rule(item, number: index + 1, &names) }
  }

  private mutating func rule(_ node: YAMLNode, number: Int, _ names: inout [String: YAMLNode.Mark]) {
    let fields = reader.fields(node, of: "an alert", known: Self.ruleKeys)
    guard case .map = node else { return }
    let given = reader.text(fields["name"], "name")
    if let given, let first = names[given] {
      reader.report(fields["name"]?.mark, "the name \(SafeText(escaping: given)) is taken by the alert in line \(first.line)")
    }
    if let given { names[given] = fields["name"]?.mark }
    if reader.flag(fields["off"], "off") == true { return switchOff(given, fields["name"]?.mark ?? node.mark) }
    guard let expression = expression(fields["when"], node.mark) else { return }
    let name = SafeText(escaping: given ?? "\(expression.field.name) #\(number)", limit: 60)
    let severity = reader.word(fields["severity"], "severity", of: Self.severities.keys.sorted()).flatMap { Self.severities[$0] }
    let rule = WatchRule(
      name: name, expression: expression, severity: severity ?? .warning, filter: filter(fields["where"]),
      clear: clear(fields["clear"], expression),
      runbooks: (reader.list(fields["runbooks"], "runbooks") ?? []).map { SafeText(escaping: $0, limit: 60) })
    settings.rules.removeAll { $0.name == name }
    settings.rules.append(rule)
  }

  private mutating func switchOff(_ name: String?, _ mark: YAMLNode.Mark) {
    guard let name else { return reader.report(mark, "off needs the name of a built-in alert") }
    let known = WatchRule.builtIn.map(\.name.text)
    guard known.contains(name) else { return reader.report(mark, FieldReader.unknown("alert", name, known)) }
    settings.rules.removeAll { $0.name.text == name }
  }

  private mutating func expression(_ node: YAMLNode?, _ mark: YAMLNode.Mark) -> WatchExpression? {
    guard let node else {
      reader.report(mark, "an alert needs a when, as in when: \"queue.ready > 10000 for 2m\"")
      return nil
    }
    guard let text = reader.text(node, "when") else { return nil }
    do throws(WatchError) {
      return try WatchExpression.parse(text)
    } catch {
      reader.report(node.mark, "when, character \(error.column): \(error.message)")
      return nil
    }
  }

  private mutating func filter(_ node: YAMLNode?) -> Filter {
    guard let node, let text = reader.text(node, "where") else { return .all }
    do throws(FilterError) {
      return try Filter.parse(text, fields: WatchRule.filterFields)
    } catch {
      reader.report(node.mark, "where, character \(error.column): \(error.message)")
      return .all
    }
  }

  /// Where it must come back to before it is over: on the good side of the bound.
  private mutating func clear(_ node: YAMLNode?, _ expression: WatchExpression) -> Double? {
    guard let node, let text = reader.text(node, "clear") else { return nil }
    let field = SafeText(escaping: expression.field.name)
    guard let value = expression.amount(text) else {
      reader.report(node.mark, "clear must be an amount of \(field)")
      return nil
    }
    let isInside = expression.comparison.isUpward ? value <= expression.bound : value >= expression.bound
    if !isInside { reader.report(node.mark, "clear lies on the bad side of the bound: the alert would never be over") }
    return value
  }

  // MARK: Telling

  private mutating func tell(_ node: YAMLNode) {
    let fields = reader.fields(node, of: "notify", known: ["bell", "osc9", "run"])
    settings.bell = severity(fields["bell"], "bell")
    settings.notification = severity(fields["osc9"], "osc9")
    guard let run = fields["run"] else { return }
    let programs = reader.fields(run, of: "run", known: Self.severities.keys.sorted())
    for (word, severity) in Self.severities {
      guard let value = programs[word], let argv = reader.list(value, "run") else { continue }
      guard let first = argv.first, first.hasPrefix("/") else {
        reader.report(value.mark, "run needs a list that begins with the full path of a program: [/usr/local/bin/page, --from, opsconsole]")
        continue
      }
      settings.hooks[severity] = argv
    }
  }

  private mutating func severity(_ node: YAMLNode?, _ key: SafeText) -> Severity? {
    guard let word = reader.word(node, key, of: ["warning", "critical", "never"]) else { return nil }
    return Self.severities[word]
  }
}
