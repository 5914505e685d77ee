import OpsModel

/// A silence as the server tells it.
struct AlertmanagerSilence {
  struct Matcher: Hashable {
    let name: [UInt8]
    let value: [UInt8]
    var isRegex = false
    var isEqual = true

    /// `instance=~"api-.*"`
    var shown: SafeText {
      let sign: SafeText = isEqual ? (isRegex ? "=~" : "=") : (isRegex ? "!~" : "!=")
      return "\(SafeText(bytes: name, limit: 80))\(sign)\"\(SafeText(bytes: value, limit: 200))\""
    }

    /// As an object of JSON; bytes that are no text can not be sent.
    var json: JSONText {
      .object([
        ("name", .text(SafeText(bytes: name))), ("value", .text(SafeText(bytes: value))), ("isRegex", .bool(isRegex)),
        ("isEqual", .bool(isEqual)),
      ])
    }
  }

  let id: [UInt8]
  let state: SilenceState.State
  let matchers: [Matcher]
  let author: SafeText
  let comment: SafeText
  let begins: Double?
  let ends: Double?

  init?(_ slice: JSONScan.Slice) {
    guard let fields = JSONScan.object(slice), let id = JSONScan.string(fields["id"]), !id.isEmpty else { return nil }
    let status = fields["status"].flatMap { JSONScan.object($0) }
    guard let word = AlertLabels.text(status?["state"]), let state = SilenceState.State(rawValue: word.text) else { return nil }
    self.id = id
    self.state = state
    matchers = (fields["matchers"].flatMap { JSONScan.array($0) } ?? []).prefix(64).compactMap { Self.matcher($0) }
    author = AlertLabels.text(fields["createdBy"]) ?? ""
    comment = AlertLabels.text(fields["comment"]) ?? ""
    begins = Self.time(fields["startsAt"])
    ends = Self.time(fields["endsAt"])
  }

  private static func matcher(_ slice: JSONScan.Slice) -> Matcher? {
    guard let fields = JSONScan.object(slice), let name = JSONScan.string(fields["name"]), let value = JSONScan.string(fields["value"])
    else { return nil }
    func flag(_ key: String, _ usual: Bool) -> Bool { fields[key].map { $0.elementsEqual("true".utf8) } ?? usual }
    return Matcher(name: name, value: value, isRegex: flag("isRegex", false), isEqual: flag("isEqual", true))
  }

  static func time(_ slice: JSONScan.Slice?) -> Double? {
    JSONScan.string(slice).flatMap { Calendar.parse(String(decoding: $0, as: UTF8.self)) }
  }

  func shown(_ source: SafeText) -> SilenceState {
    var out = SilenceState(
      id: ResourceID(source: source, kind: .silence, key: id), state: state, matchers: SafeText.join(matchers.map(\.shown), ", "),
      author: author,
      comment: comment)
    out.begins = begins
    out.ends = ends
    return out
  }
}
