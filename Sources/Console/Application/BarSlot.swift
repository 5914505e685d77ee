import Canvas
import OpsModel

/// One part of the first line.
struct BarSlot {
  enum Place { case name, environment, who, mode, freshness, company, recording, clock }

  let place: Place
  /// What it can say, the longest first.
  private(set) var forms: [SafeText]
  let style: Style

  init(_ place: Place, _ forms: [SafeText], _ style: Style) {
    self.place = place
    self.forms = forms
    self.style = style
  }

  var text: SafeText { forms.first ?? "" }

  /// - Returns: false where it can say nothing shorter.
  mutating func shorten() -> Bool {
    guard forms.count > 1 else { return false }
    forms.removeFirst()
    return true
  }

  mutating func say(_ text: SafeText) { forms = [text] + forms.dropFirst() }
}
