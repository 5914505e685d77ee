public import Canvas
public import OpsModel

/// What a key, the footer, `?`, the palette and the documentation know of one thing that can be done.
public struct Command: Sendable {
  /// `queues.open`, `table.down`: stable, used in the keymap file.
  public let id: CommandID
  public let title: SafeText
  /// What it will do, in a sentence, for the palette's preview and the help.
  public let summary: SafeText
  public let keys: [Key]
  /// Shown in the footer when it has room; lower comes first. Nil: never.
  public let footer: Int?

  public init(_ id: CommandID, _ title: SafeText, _ summary: SafeText, keys: [Key], footer: Int? = nil) {
    self.id = id
    self.title = title
    self.summary = summary
    self.keys = keys
    self.footer = footer
  }
}

/// The name of a command.
public struct CommandID: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let description: String

  public init(stringLiteral value: StaticString) { description = "\(value)" }

  public init(_ name: String) { description = name }
}
