import Console
import OpsModel
import Panels
import StrictYAML

/// Reads `wallboard:` of the configuration.
enum WallSettingsReader {
  /// - Returns: the settings, and the theme where one is named.
  static func read(_ node: YAMLNode?, _ reader: inout FieldReader) -> (settings: WallSettings, theme: String?) {
    var settings = WallSettings()
    guard let node else { return (settings, nil) }
    let fields = reader.fields(node, of: "wallboard", known: ["pages", "rotate", "theme", "kiosk"])
    if let seconds = reader.number(fields["rotate"], "rotate", in: 2...3600) { settings.rotate = seconds }
    settings.isKiosk = reader.flag(fields["kiosk"], "kiosk") ?? false
    if let pages = reader.list(fields["pages"], "pages") {
      let known = WallCatalogue.all.map(\.id)
      for page in pages where !known.contains(page) { reader.report(fields["pages"]?.mark, FieldReader.unknown("page", page, known)) }
      settings.pages = pages
    }
    return (settings, reader.text(fields["theme"], "theme"))
  }
}
