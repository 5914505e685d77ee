public import OpsModel

/// The JSON Schema of `runbook/v1` for editors, made of the tables by which runbooks are read.
public enum SchemaDocument {
  public static var json: JSONText {
    let definitions = FormatSpec.objects.dropFirst().map { (SafeText(escaping: $0.name), object($0)) }
    let head: [(SafeText, JSONText)] = [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")), ("title", .text("OpsConsole runbook/v1")),
      ("$defs", .map(definitions)),
    ]
    return .map(head + pairs(FormatSpec.objects[0]))
  }

  private static func object(_ spec: ObjectSpec) -> JSONText { .map(pairs(spec)) }

  private static func pairs(_ spec: ObjectSpec) -> [(SafeText, JSONText)] {
    let properties = spec.fields.map { (SafeText(escaping: $0.name), described($0)) }
    let required = spec.fields.filter(\.isRequired).map { JSONText.text(SafeText(escaping: $0.name)) }
    var out: [(SafeText, JSONText)] = [("type", .text("object")), ("additionalProperties", .bool(false)), ("properties", .map(properties))]
    if !required.isEmpty { out.append(("required", .array(required))) }
    return out
  }

  private static func described(_ field: FieldSpec) -> JSONText {
    .map([("description", .text(SafeText(escaping: field.about)))] + shape(field.shape))
  }

  private static func type(_ name: SafeText) -> [(SafeText, JSONText)] { [("type", .text(name))] }

  private static let scalars: [(SafeText, JSONText)] = [
    ("type", .array([.text("string"), .text("number"), .text("boolean")]))
  ]

  private static func shape(_ shape: Shape) -> [(SafeText, JSONText)] {
    switch shape {
    case .text, .template, .size: return scalars
    case .expression: return type("string") + [("maxLength", .int(Expression.longest))]
    case .integer(let range): return type("integer") + [("minimum", .int(range.lowerBound)), ("maximum", .int(range.upperBound))]
    case .number: return type("number")
    case .flag: return type("boolean")
    case .duration:
      return [("anyOf", .array([.map(type("number")), .map(type("string") + [("pattern", .text("^[0-9.]+(ms|s|m|h|d)?$"))])]))]
    case .word(let words): return [("enum", .array(words.map { .text(SafeText(escaping: $0)) }))]
    case .list(let element): return type("array") + [("items", .map(self.shape(element)))]
    case .map(let element): return type("object") + [("additionalProperties", .map(self.shape(element)))]
    case .object(let name): return [("$ref", .text("#/$defs/\(SafeText(escaping: name))"))]
    case .either(let shapes): return [("anyOf", .array(shapes.map { .map(self.shape($0)) }))]
    case .body: return []
    }
  }
}
