import Canvas
import OpsModel

/// Commands of panels that have others beside them as tabs.
public enum TabCommands {
  public static let next: CommandID = "tab.next"
  public static let previous: CommandID = "tab.previous"

  public static let all: [Command] = [
    Command(next, "tab", "Turns to the next tab of this panel.", keys: [.tab], footer: 9),
    Command(previous, "tab back", "Turns to the tab before.", keys: [.backTab]),
  ]
}
