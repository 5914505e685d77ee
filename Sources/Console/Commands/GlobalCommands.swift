import Canvas
import OpsModel

/// Commands that work on every screen.
public enum GlobalCommands {
  public static let help: CommandID = "help"
  public static let palette: CommandID = "palette"
  public static let quit: CommandID = "quit"
  public static let back: CommandID = "back"
  public static let hold: CommandID = "hold"
  public static let refresh: CommandID = "refresh"
  public static let export: CommandID = "export"
  public static let copy: CommandID = "copy"
  public static let redraw: CommandID = "redraw"

  public static func panel(_ manifest: PanelManifest) -> CommandID { CommandID("panel." + manifest.id) }

  static let fixed: [Command] = [
    Command(help, "help", "Lists every key that works here, and all commands.", keys: [Key("?"), Key("F1")], footer: 90),
    Command(palette, "command", "Finds a command by its name and shows what it will do.", keys: [Key(":")], footer: 91),
    Command(back, "back", "Closes what is open, then clears the filter, then goes one step back.", keys: [.escape], footer: 80),
    Command(hold, "hold", "Holds the numbers still; their ages go on. The same key lets them go.", keys: [Key("p")], footer: 70),
    Command(refresh, "ask now", "Asks every source at once, without waiting for the interval or the back-off.", keys: [Key("r")]),
    Command(
      export, "export", "Writes this screen as text, and all numbers as JSON, to the state directory.", keys: [Key("e")], footer: 75),
    Command(copy, "copy", "Hands the selected name to the terminal's clipboard (OSC 52).", keys: [Key("y")], footer: 76),
    Command(redraw, "redraw", "Draws the whole screen anew.", keys: [Key("Ctrl-L")]),
    Command(quit, "quit", "Leaves the console. Nothing on any server changes.", keys: [Key("q")], footer: 92),
  ]

  /// The fixed ones and one per panel.
  public static func all(panels: [PanelManifest]) -> [Command] {
    // What works everywhere stands first in the help: panels are named in the line above all screens as well.
    fixed + TapeCommands.all + panels.map { Command(panel($0), $0.title, $0.summary, keys: [Key(String($0.digit))]) }
  }
}
