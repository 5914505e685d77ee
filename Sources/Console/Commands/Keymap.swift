public import Canvas
import OpsModel

/// Which key stands for which command, as told and as changed by the operator's keymap file.
public struct Keymap: Sendable {
  private let changed: [CommandID: [Key]]

  public static let standard = Keymap(changed: [:])

  public init(changed: [CommandID: [Key]]) { self.changed = changed }

  public func keys(of command: Command) -> [Key] { changed[command.id] ?? command.keys }

  /// The first of `commands` that a key stands for.
  public func command(for key: Key, in commands: [Command]) -> Command? {
    commands.first { keys(of: $0).contains(key) }
  }

  /// Keys that would stand for two commands in one place.
  public func conflicts(in groups: [[Command]]) -> [KeyConflict] {
    var found: [KeyConflict] = []
    for commands in groups {
      var owner: [Key: CommandID] = [:]
      for command in commands {
        for key in keys(of: command) {
          if let other = owner[key], other != command.id {
            let conflict = KeyConflict(key: key, first: other, second: command.id)
            if !found.contains(conflict) { found.append(conflict) }
          } else {
            owner[key] = command.id
          }
        }
      }
    }
    return found
  }
}

/// One key, two commands.
public struct KeyConflict: Hashable, Sendable {
  public let key: Key
  public let first: CommandID
  public let second: CommandID

  public init(key: Key, first: CommandID, second: CommandID) {
    self.key = key
    self.first = first
    self.second = second
  }
}
