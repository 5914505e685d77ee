import Canvas
import OpsModel
import StrictYAML

/// Reads a theme: `roles:` with `fg`, `bg` and `attributes` for each role. Roles that are not named look as in the default theme.
enum ThemeFile {
  static func read(_ text: String, file: String, name: String) -> (theme: Theme, problems: [FileProblem]) {
    var reader = FieldReader(file: file)
    var theme = Theme(name: name, looks: Theme.standard.looks)
    do throws(YAMLProblems) {
      guard let node = try YAMLReader.read(text) else { return (theme, []) }
      let fields = reader.fields(node, of: "a theme", known: ["roles", "about"])
      if let roles = fields["roles"] {
        let known = Role.allCases.map(\.name)
        for (word, value) in reader.fields(roles, of: "roles", known: known) {
          guard let role = Role.allCases.first(where: { $0.name == word }) else { continue }
          theme.looks[role] = look(value, &reader)
        }
      }
    } catch {
      return (theme, error.list.map { FileProblem(file: file, mark: $0.mark, message: SafeText(escaping: $0.message)) })
    }
    return (theme, reader.problems.inOrder)
  }

  private static func look(_ node: YAMLNode, _ reader: inout FieldReader) -> RoleLook {
    var look = RoleLook()
    let fields = reader.fields(node, of: "a role", known: ["fg", "bg", "attributes"])
    look.foreground = colour(fields["fg"], "fg", &reader)
    look.background = colour(fields["bg"], "bg", &reader)
    for item in reader.list(fields["attributes"], "attributes") ?? [] {
      if let attribute = RoleLook.Attribute(rawValue: item) {
        look.attributes.insert(attribute)
      } else {
        reader.report(fields["attributes"]?.mark, FieldReader.unknown("attribute", item, RoleLook.Attribute.allCases.map(\.rawValue)))
      }
    }
    return look
  }

  private static func colour(_ node: YAMLNode?, _ key: SafeText, _ reader: inout FieldReader) -> Colour {
    guard let node, let text = reader.text(node, key) else { return .terminal }
    if let colour = Colour(text) { return colour }
    reader.report(
      node.mark, "\(key): '\(SafeText(escaping: text, limit: 40))' is no colour; write default, red, bright-red, 0 to 255 or #rrggbb")
    return .terminal
  }
}
