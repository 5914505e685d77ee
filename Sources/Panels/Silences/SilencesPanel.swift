import Canvas
import Console
import Gate
import OpsModel

/// `8 Alerts`, second tab: what keeps alerts quiet, by whom, why and until when.
enum SilencesPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "silences", title: "Silences", summary: "Silences of Alertmanager: who made them, why, and until when.", digit: 8, group: "alerts",
    tab: "Silences")

  static let expire: CommandID = "silences.expire"

  static let commands = [
    Command(expire, "end", "Ends this silence: alerts that it holds back are sent again.", keys: [Key("X")], footer: 11)
  ]

  static func all(_ context: PanelContext) -> [Sourced<SilenceState>] { context.view.sourced(\.silences) }

  static var facet: Facet? { .alerts }

  static func name(_ row: Sourced<SilenceState>) -> SafeText { SafeText(bytes: row.value.id.key, limit: 60) }

  static func empty(_ context: PanelContext) -> SafeText { context.view.emptyWords(for: .alerts, nothing: "nothing is kept quiet") }

  static func act(_ command: CommandID, on row: Sourced<SilenceState>, _ context: PanelContext) -> [Request] {
    [
      .act(
        ActionDraft(.expire, source: row.source.name, .targets(TargetList([Target(scope: [], key: row.value.id.key, version: Version(0))])))
      )
    ]
  }

  static func disabled(_ command: CommandID, on row: Sourced<SilenceState>?, _ context: PanelContext) -> SafeText? {
    guard command == expire else { return nil }
    if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
    guard let row else { return "nothing is selected" }
    return row.value.state == .expired ? "it is over already" : nil
  }

  static let rows = Table<Sourced<SilenceState>>(
    columns: [
      TableColumn(
        "state", "state", width: 8, priority: 1, shape: .text, value: { row, _ in .text(SafeText(escaping: row.value.state.rawValue)) },
        cell: { row, _, _ in TableCell(SafeText(escaping: row.value.state.rawValue), Style(row.value.state == .active ? .warning : .faint))
        }),
      TableColumn(
        "ends", "ends in", width: 8, priority: 2, align: .right, shape: .number,
        value: { row, context in Cells.number(row.value.ends.map { $0 - context.now.unix }) },
        cell: { row, context, _ in
          row.value.ends.map { TableCell($0 > context.now.unix ? Units.age($0 - context.now.unix) : "over") } ?? .unknown
        }),
      TableColumn(
        "matchers", "alerts with", width: 24, maximum: 90, priority: 0, shape: .text, value: { row, _ in .text(row.value.matchers) },
        cell: { row, _, _ in TableCell(row.value.matchers) }),
      TableColumn(
        "author", "by", width: 10, maximum: 24, priority: 3, shape: .text, value: { row, _ in .text(row.value.author) },
        cell: { row, _, _ in TableCell(row.value.author) }),
      TableColumn(
        "comment", "why", width: 12, maximum: 60, priority: 4, shape: .text, value: { row, _ in .text(row.value.comment) },
        cell: { row, _, _ in TableCell(row.value.comment) }),
      TableColumn(
        "source", "source", width: 8, maximum: 14, priority: 5, shape: .text, value: { row, _ in .text(row.source.name) },
        cell: { row, _, _ in TableCell(row.source.name, Style(.faint)) }),
    ], defaultSort: SortOrder("state", descending: false), id: { $0.value.id }, isDimmed: { !$0.source.isFresh(at: $1.now) })
}
