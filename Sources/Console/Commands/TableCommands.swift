import Canvas
import OpsModel

/// Commands of every screen that is a table.
public enum TableCommands {
  public static let up: CommandID = "table.up"
  public static let down: CommandID = "table.down"
  public static let pageUp: CommandID = "table.page-up"
  public static let pageDown: CommandID = "table.page-down"
  public static let first: CommandID = "table.first"
  public static let last: CommandID = "table.last"
  public static let filter: CommandID = "table.filter"
  public static let sort: CommandID = "table.sort"
  public static let reverse: CommandID = "table.reverse"

  public static let all: [Command] = [
    Command(up, "up", "One row up.", keys: [.up, Key("k")]),
    Command(down, "down", "One row down.", keys: [.down, Key("j")]),
    Command(pageUp, "page up", "One screen up.", keys: [.pageUp, Key("Ctrl-B")]),
    Command(pageDown, "page down", "One screen down.", keys: [.pageDown, Key("Ctrl-F")]),
    Command(first, "first", "To the first row.", keys: [.home, Key("g")]),
    Command(last, "last", "To the last row.", keys: [.end, Key("G")]),
    Command(
      filter, "filter", "Shows only rows that match, as in: state:busy age>60s name~mail. Text is literal.", keys: [Key("/")], footer: 20),
    Command(sort, "sort", "Chooses the column to sort by; the same column again turns the order round.", keys: [Key("s")], footer: 21),
    Command(reverse, "reverse", "Turns the order round.", keys: [Key("S")]),
  ]
}
