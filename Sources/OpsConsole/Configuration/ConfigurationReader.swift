import Canvas
import Connectors
import OpsModel
import StrictYAML

/// Reads `config.yaml`: all errors at once, each with its place.
struct ConfigurationReader {
  private static let topKeys = [
    "environment", "label", "theme", "look", "read_only", "interval", "sources", "alerts", "notify", "tape", "wallboard", "runbooks",
  ]
  private static let sourceKeys = ["name", "kind", "url", "write", "interval", "database_role"]

  private var reader: FieldReader
  private let environment: [String: String]

  /// - Parameter environment: the process's variables, for `${NAME}`.
  /// - Throws: `FileProblems`.
  static func read(_ text: String, file: String, environment: [String: String]) throws(FileProblems) -> Configuration {
    let node: YAMLNode?
    do throws(YAMLProblems) {
      node = try YAMLReader.read(text)
    } catch {
      throw FileProblems(
        list: error.list.map { FileProblem(file: file, mark: $0.mark, message: SafeText(escaping: $0.message)) })
    }
    var reader = ConfigurationReader(reader: FieldReader(file: file), environment: environment)
    let configuration = reader.configuration(node ?? .map([], .init(line: 1, column: 1)))
    guard reader.reader.problems.isEmpty else { throw FileProblems(list: reader.reader.problems.inOrder) }
    return configuration
  }

  private mutating func configuration(_ node: YAMLNode) -> Configuration {
    var out = Configuration()
    let fields = reader.fields(node, of: "the configuration", known: Self.topKeys)
    if let word = reader.word(fields["environment"], "environment", of: Environment.allCases.map(\.rawValue)) {
      out.environment = Environment(rawValue: word) ?? .production
    }
    if let label = reader.text(fields["label"], "label") { out.label = SafeText(escaping: label, limit: 32) }
    out.theme = reader.text(fields["theme"], "theme")
    if let word = reader.word(fields["look"], "look", of: Look.allCases.map(\.rawValue)) { out.look = Look(rawValue: word) }
    out.readOnly = reader.flag(fields["read_only"], "read_only") ?? false
    if let seconds = reader.number(fields["interval"], "interval", in: 0.5...3600) { out.interval = seconds }
    var alerts = AlertSettingsReader(reader: reader)
    out.alerts = alerts.read(alerts: fields["alerts"], notify: fields["notify"])
    reader = alerts.reader
    (out.wall, out.wallTheme) = WallSettingsReader.read(fields["wallboard"], &reader)
    out.tape = TapeSettingsReader.read(fields["tape"], &reader)
    out.sources = sources(fields["sources"], out.interval)
    out.runbooks = runbooks(fields["runbooks"], taken: out.sources.map(\.name.text))
    return out
  }

  private mutating func sources(_ node: YAMLNode?, _ interval: Double) -> [ConfiguredSource] {
    guard let node else { return [] }
    guard case .list(let items, _) = node else {
      reader.report(node.mark, "sources must be a list, this is \(SafeText(escaping: node.shape))")
      return []
    }
    var names: [String: YAMLNode.Mark] = [:]
    return items.compactMap { source($0, interval, &names) }
  }

  /// `runbooks:` has connections of its own, which are read as sources are.
  private mutating func runbooks(_ node: YAMLNode?, taken: [String]) -> RunbookSettings {
    guard let node else { return RunbookSettings() }
    let fields = reader.fields(node, of: "runbooks", known: RunbookSettings.keys)
    var out = RunbookSettings()
    out.folders = reader.list(fields["folders"], "folders") ?? []
    out.approvals = reader.text(fields["approvals"], "approvals")
    out.locks = reader.text(fields["locks"], "locks")
    out.ssh = reader.text(fields["ssh"], "ssh")
    out.sshConfig = reader.text(fields["ssh_config"], "ssh_config")
    if case .list(let items, _)? = fields["connections"] {
      var names: [String: YAMLNode.Mark] = [:]
      out.connections = items.compactMap { source($0, 0, &names, of: ConnectorCatalogue.stepKinds) }
      for (name, mark) in names where taken.contains(name) {
        reader.report(mark, "the name \(SafeText(escaping: name)) is taken by a source")
      }
    } else if let other = fields["connections"] {
      reader.report(other.mark, "connections must be a list")
    }
    out.groups = HostGroup.read(fields["groups"], connections: out.connections.map(\.name.text), &reader)
    return out
  }

  private mutating func source(
    _ node: YAMLNode, _ interval: Double, _ names: inout [String: YAMLNode.Mark], of kinds: [ConnectorKind] = ConnectorCatalogue.all
  ) -> ConfiguredSource? {
    let kind = kind(of: node, kinds)
    let settings = kind?.settings ?? []
    let known = Self.sourceKeys + (kind == nil ? kinds.flatMap { $0.settings.map(\.name) } : settings.map(\.name))
    let fields = reader.fields(node, of: "a source", known: known)
    guard case .map = node else { return nil }
    guard let name = reader.text(fields["name"], "name"), isName(name, fields["name"]?.mark ?? node.mark) else {
      if fields["name"] == nil { reader.report(node.mark, "a source needs a name") }
      return nil
    }
    if let first = names[name] {
      reader.report(fields["name"]?.mark, "the name \(SafeText(escaping: name)) is taken by the source in line \(first.line)")
    }
    names[name] = fields["name"]?.mark
    let needsURL = kind?.needsURL ?? true
    let url = secret(fields["url"], "url") ?? (needsURL ? nil : .plain(""))
    if fields["url"] == nil && needsURL { reader.report(node.mark, "the source \(SafeText(escaping: name)) needs a url") }
    let write = secret(fields["write"], "write")
    var texts: [String: SecretText] = [:]
    var lists: [String: [String]] = [:]
    for setting in settings {
      guard let value = fields[setting.name] else { continue }
      read(setting, value, &texts, &lists)
    }
    let every = reader.number(fields["interval"], "interval", in: 0.5...3600) ?? kind?.usualInterval ?? interval
    guard let kind, let url else { return nil }
    if fields["url"] != nil, let reason = url.problem(with: kind) { reader.report(fields["url"]?.mark, "url: \(reason)") }
    if let reason = write?.problem(with: kind) { reader.report(fields["write"]?.mark, "write: \(reason)") }
    return ConfiguredSource(
      name: SafeText(escaping: name), kind: kind.name, url: url, write: write, texts: texts, lists: lists, interval: every,
      databaseRole: reader.text(fields["database_role"], "database_role"))
  }

  private mutating func read(
    _ setting: SettingKey, _ value: YAMLNode, _ texts: inout [String: SecretText], _ lists: inout [String: [String]]
  ) {
    let key = SafeText(escaping: setting.name)
    switch setting.shape {
    case .text: texts[setting.name] = secret(value, key)
    case .file: if let path = reader.text(value, key) { texts[setting.name] = .plain(path) }
    case .list: lists[setting.name] = reader.list(value, key)
    case .wholeNumber: if let number = reader.number(value, key, in: 0.1...3600) { texts[setting.name] = .plain(String(number)) }
    }
  }

  private mutating func kind(of node: YAMLNode, _ kinds: [ConnectorKind]) -> ConnectorKind? {
    guard case .map(let entries, let mark) = node else { return nil }
    guard let entry = entries.first(where: { $0.key == "kind" }) else {
      reader.report(mark, "a source needs a kind: \(SafeText(escaping: kinds.map(\.name).joined(separator: ", ")))")
      return nil
    }
    guard let name = reader.word(entry.value, "kind", of: kinds.map(\.name)) else { return nil }
    return kinds.first { $0.name == name }
  }

  private mutating func isName(_ name: String, _ mark: YAMLNode.Mark) -> Bool {
    let isPlain =
      !name.isEmpty && name.utf8.count <= 32 && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    if !isPlain { reader.report(mark, "a name is 1 to 32 letters, digits, '-', '_' or '.'") }
    return isPlain
  }

  private mutating func secret(_ node: YAMLNode?, _ key: SafeText) -> SecretText? {
    guard let node, let text = reader.text(node, key) else { return nil }
    do throws(SecretProblem) {
      return try SecretText.parse(text, environment: environment)
    } catch {
      reader.report(node.mark, "\(key): \(error.message)")
      return nil
    }
  }
}

extension [FileProblem] {
  /// As they stand in the file.
  var inOrder: [FileProblem] {
    sorted { ($0.mark?.line ?? 0, $0.mark?.column ?? 0) < ($1.mark?.line ?? 0, $1.mark?.column ?? 0) }
  }
}
