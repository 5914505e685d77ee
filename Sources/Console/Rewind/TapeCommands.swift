import Canvas
import OpsModel

/// Commands that look back.
enum TapeCommands {
  static let back: CommandID = "tape.back"
  static let forward: CommandID = "tape.forward"
  static let eventBefore: CommandID = "tape.event-before"
  static let eventAfter: CommandID = "tape.event-after"
  static let goto: CommandID = "tape.goto"
  static let note: CommandID = "note"

  static let ids = Set(all.map(\.id))

  static let all: [Command] = [
    Command(back, "rewind", "Shows every panel as it was ten seconds before. Esc goes back to now.", keys: [Key("[")]),
    Command(forward, "forward", "Ten seconds forward on the tape.", keys: [Key("]")]),
    Command(eventBefore, "event before", "Goes back to the last alert, operation or note.", keys: [Key("{")]),
    Command(eventAfter, "event after", "Goes forward to the next alert, operation or note.", keys: [Key("}")]),
    Command(goto, "go to time", "Shows every panel as it was at a time: asks which.", keys: [Key("t")]),
    Command(note, "note", "Writes a sentence onto the tape, for the review afterwards: asks for it.", keys: [Key("N")]),
  ]
}
