import Canvas
import OpsModel
import Panels

@testable import Console

/// One table with many rows, and what an operator does to it.
@MainActor
final class TableBench {
  private var panel: any OpenPanel
  private let view: StoreView
  private let clock: FakeClock
  private var cache = ArrangementCache()
  private let size = Size(columns: 120, rows: 40)

  /// Nil where there are no rows for it.
  init?(_ entry: PanelEntry, rows count: Int) {
    let rows = TableRows(count: count)
    guard let view = rows.view(of: entry.manifest.id) else { return nil }
    self.view = view
    clock = rows.clock
    panel = entry.open(nil)
    panel.tableState = TableState()
  }

  private var context: PanelContext { PanelContext(view: view, now: clock.now(), cache: cache, size: size) }

  /// A frame as the console makes one: the panel, and what its footer asks of each command.
  @discardableResult
  func draw() -> Frame {
    var canvas = Canvas(size: size)
    for command in panel.commands { _ = panel.disabled(command.id, context) }
    panel.draw(context, &canvas, canvas.bounds)
    return canvas.frame
  }

  /// The first frame after new numbers came.
  func arrange() {
    cache = ArrangementCache()
    draw()
  }

  /// A frame with the cursor on the last row and one with it a row above: nothing is near the beginning.
  func move() {
    _ = panel.reduce(TableCommands.last, context)
    _ = panel.reduce(TableCommands.up, context)
    draw()
  }

  /// Rows with the cursor on one of them.
  var isMoving: Bool { panel.tableState?.cursor != nil }

  /// By the last column that holds text: comparing texts costs the most.
  func sort() {
    let text = panel.filterFields.last { $0.shape == .text }
    panel.tableState?.sort = SortOrder(text?.name ?? "", descending: true)
    arrange()
    panel.tableState?.sort = nil
  }

  /// By a word that stands in no row, so that every text of every row is looked at.
  func filter() throws {
    let filter = try Filter.parse("nowhere", fields: panel.filterFields)
    panel.tableState?.filter = filter
    arrange()
    panel.tableState?.filter = .all
  }
}
