import OpsModel

/// One dead letter, whole, for scripts and for people.
enum DeadDetailText {
  static func json(_ detail: DeadLetterDetail, source: SafeText) -> JSONText {
    .object([
      ("schema", .int(1)), ("source", .text(source)), ("letter", DeadListing.json(detail.letter)),
      ("fields", .map(detail.fields.map { ($0.name, .text($0.value)) })), ("arguments", .optional(detail.arguments)),
      ("fidelity", .text(detail.fidelity)), ("traceback", .array(detail.traceback.map { .text($0) })),
      ("raw_base64", .text(SafeText(escaping: Base64Text.encode(detail.raw), limit: .max))), ("raw_size_bytes", .optional(detail.rawSize)),
      ("unknown", .array(detail.unknown.map { .text($0) })),
    ])
  }

  static func lines(_ detail: DeadLetterDetail) -> [SafeText] {
    let letter = detail.letter
    var lines: [SafeText] = [
      "id         \(letter.name)", "queue      \(letter.queue)", "task       \(letter.task ?? "—")",
      "error      \(letter.errorType ?? "—"): \(letter.message ?? "—")", "arguments  \(detail.arguments ?? letter.arguments ?? "—")",
      "fidelity   \(detail.fidelity)",
    ]
    if let why = letter.whyNot { lines.append("retry      not possible: \(why)") }
    lines += detail.fields.map { "  \($0.name)  \($0.value)" }
    lines += detail.unknown.map { "unknown    \($0)" }
    if !detail.traceback.isEmpty { lines += ["traceback"] + detail.traceback.map { "  \($0)" } }
    if !detail.raw.isEmpty {
      lines +=
        ["raw        \(Units.bytes(Double(detail.rawSize ?? detail.raw.count)))"] + HexDump.lines(detail.raw.prefix(512)).map { "  \($0)" }
    }
    return lines
  }
}
