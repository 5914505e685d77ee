import Canvas
import Console
import Gate
import OpsModel

/// All that is known of one dead letter.
enum DeadLetterPanel: SheetPanel {
  static let manifest = PanelManifest(id: "dead-letter", title: "Dead letters", summary: "All that is known of one dead letter.", digit: 3)

  /// It is read when it is opened.
  static var isPolled: Bool { false }

  static let retry: CommandID = "letter.retry"
  static let discard: CommandID = "letter.discard"

  static let edit: CommandID = "letter.edit"

  static let own = [
    Command(retry, "retry", "Retries this letter: shows the plan first.", keys: [Key("R")], footer: 10),
    Command(
      discard, "discard", "Writes this letter to a quarantine file and deletes it: shows the plan first.", keys: [Key("D")], footer: 11),
    Command(
      edit, "retry edited", "Retries this letter with other arguments, where the system allows it: asks for them first.", keys: [Key("E")],
      footer: 12),
  ]

  static var commands: [Command] { own + scrolling }

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] {
    guard let target, let letter = letter(target, context), target.kind == .deadLetter else { return [] }
    return [.inspect(target.source, letter.target)]
  }

  private static func letter(_ id: ResourceID, _ context: PanelContext) -> DeadLetter? {
    context.view.dead.list?.letters.first { $0.id == id }
  }

  static func title(_ id: ResourceID, _ context: PanelContext) -> SafeText {
    letter(id, context)?.name ?? SafeText(bytes: Target.parts(of: id).key, limit: 60)
  }

  static func reduce(_ command: CommandID, _ state: inout SheetState, _ context: PanelContext) -> [Request] {
    guard own.contains(where: { $0.id == command }) else { return scroll(command, &state, context) }
    guard let id = state.id, let letter = letter(id, context) else { return [] }
    if command == edit {
      let draft = ActionDraft(.retryEdited, source: id.source, .targets(TargetList([letter.target])))
      return [.ask(AskRequest("new arguments of \(letter.name)", prefill: call(id, context) ?? "", .argument(Operation.callKey, draft)))]
    }
    let verb: Verb = command == discard ? .discard : (id.kind == .orphan ? .recover : .retry)
    return [.act(ActionDraft(verb, source: id.source, .targets(TargetList([letter.target]))))]
  }

  static func disabled(_ command: CommandID, _ state: SheetState, _ context: PanelContext) -> SafeText? {
    guard own.contains(where: { $0.id == command }) else { return nil }
    if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
    guard let id = state.id, let letter = letter(id, context) else { return "it is gone" }
    if command == discard && id.kind == .orphan { return "orphans are recovered, not discarded" }
    if command == edit, let why = whyNotEdited(id, context) { return why }
    return command != discard ? letter.whyNot.map { "it can not be retried: \($0)" } : nil
  }

  /// The arguments as they stand, once they were read.
  private static func call(_ id: ResourceID, _ context: PanelContext) -> String? {
    guard let (known, reading) = context.view.dead.detail, known == id else { return nil }
    return reading.value?.call
  }

  private static func whyNotEdited(_ id: ResourceID, _ context: PanelContext) -> SafeText? {
    guard let source = context.view.source(id.source) else { return "its source is gone" }
    guard source.verbs.contains(.retryEdited) else { return "\(source.kind) stores arguments in a form that can not be made anew exactly" }
    return call(id, context) == nil ? "its arguments were not read, or are too long for a line: --call gives others" : nil
  }

  static func sheet(_ id: ResourceID, _ context: PanelContext) -> FactSheet? {
    guard let letter = letter(id, context) else { return nil }
    var sheet = FactSheet()
    sheet.add("id", letter.name)
    sheet.add("task", letter.task)
    sheet.add("queue", letter.queue)
    sheet.add("error", SafeText.join([letter.errorType, letter.message].compactMap { $0 }, ": "), role: .critical)
    if let why = letter.whyNot { sheet.add("retry", "not possible: \(why)", role: .warning) }
    sheet.add("failed", letter.failedAt.map { "\(Calendar.stamp($0)), \(Units.age(max(0, context.now.unix - $0))) ago" })
    sheet.add("created", letter.createdAt.map { Calendar.stamp($0) })
    sheet.add("tries", letter.attempts.map { attempts in letter.attemptLimit.map { "\(attempts) of \($0)" } ?? "\(attempts)" })
    if let expires = letter.expiresAt {
      sheet.add("is deleted", "by the system itself in \(Units.age(max(0, expires - context.now.unix)))")
    }
    guard let (known, reading) = context.view.dead.detail, known == id else {
      if id.kind == .deadLetter { sheet.add("", "reading…", role: .faint) }
      return sheet
    }
    if let failure = reading.failure { sheet.add("", failure.failure.sentence(age: nil), role: .warning) }
    if let detail = reading.value { fill(&sheet, detail) }
    return sheet
  }

  private static func fill(_ sheet: inout FactSheet, _ detail: DeadLetterDetail) {
    sheet.add("arguments", detail.arguments ?? detail.letter.arguments)
    sheet.add("fidelity", detail.fidelity)
    for line in detail.unknown { sheet.add("not known", line, role: .warning) }
    for (index, line) in detail.traceback.enumerated() { sheet.add(index == 0 ? "traceback" : "", line) }
    for field in detail.fields { sheet.add(field.name, field.value, role: .faint) }
    guard !detail.raw.isEmpty else { return }
    sheet.add("raw", Units.bytes(Double(detail.rawSize ?? detail.raw.count)))
    for line in HexDump.lines(detail.raw.prefix(1024)) { sheet.add("", line, role: .faint) }
  }
}
