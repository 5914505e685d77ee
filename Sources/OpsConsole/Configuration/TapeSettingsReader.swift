import OpsModel
import StrictYAML
import Tape

/// Reads `tape:` of the configuration.
enum TapeSettingsReader {
  /// - Returns: nil where nothing shall be recorded.
  static func read(_ node: YAMLNode?, _ reader: inout FieldReader) -> TapeSettings? {
    var settings = TapeSettings()
    guard let node else { return settings }
    let fields = reader.fields(node, of: "tape", known: ["off", "age", "size"])
    if let age = reader.number(fields["age"], "age", in: 3600...(90 * 86_400)) { settings.age = age }
    if let size = fields["size"], let text = reader.text(size, "size") {
      let range = 8.0 * 1_048_576...16.0 * 1_073_741_824
      if let bytes = Quantity.parse(text), range.contains(bytes) {
        settings.size = Int(bytes)
      } else {
        reader.report(size.mark, "size must be from 8MB to 16GB")
      }
    }
    return reader.flag(fields["off"], "off") == true ? nil : settings
  }
}
