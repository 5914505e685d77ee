import Console

/// Moving through a page of lines without a cursor.
enum SheetScroll {
  static let commands = TableCommands.all.filter {
    [TableCommands.up, TableCommands.down, TableCommands.pageUp, TableCommands.pageDown].contains($0.id)
  }

  /// The first line to show after a command; not limited by the number of lines.
  static func moved(_ command: CommandID, _ top: Int, page: Int) -> Int {
    let step = max(1, page - 1)
    switch command {
    case TableCommands.up: return max(0, top - 1)
    case TableCommands.down: return top + 1
    case TableCommands.pageUp: return max(0, top - step)
    case TableCommands.pageDown: return top + step
    default: return top
    }
  }
}
