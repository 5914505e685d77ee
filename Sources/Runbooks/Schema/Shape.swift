/// What may stand at a place of the format. The reader checks by it, and the schema for editors is made of it: there is no second list.
indirect enum Shape: Sendable {
  /// Plain text of the file: nothing is filled in.
  case text
  /// Text, or any scalar, in which `${{ }}` is filled in.
  case template
  case expression
  case integer(ClosedRange<Int>)
  case number
  case flag
  /// `10s`, `5m`, `2h`; seconds.
  case duration(ClosedRange<Double>)
  /// `512MB`, `4GiB`
  case size
  case word([String])
  case list(Shape)
  /// Names of the author, each with a value of this shape.
  case map(Shape)
  case object(String)
  case either([Shape])
  /// Any YAML, templates at its leaves.
  case body
}

/// One key of an object of the format.
struct FieldSpec: Sendable {
  let name: String
  let shape: Shape
  var isRequired = false
  /// A sentence for the editor.
  let about: String

  init(_ name: String, _ shape: Shape, required isRequired: Bool = false, _ about: String) {
    self.name = name
    self.shape = shape
    self.isRequired = isRequired
    self.about = about
  }
}

/// The keys of one object of the format.
struct ObjectSpec: Sendable {
  let name: String
  let fields: [FieldSpec]

  var keys: [String] { fields.map(\.name) }
}
