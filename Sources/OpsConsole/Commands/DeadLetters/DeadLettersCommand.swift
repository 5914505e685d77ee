import ArgumentParser

/// `opsconsole dead-letters …`
struct DeadLettersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters", abstract: "List, group, show, retry, discard and restore dead letters.",
    discussion: """
      Actions show a plan; --confirm ENVIRONMENT/SOURCE carries it out. Exit codes: 0 done, 1 some targets were not moved, 64 usage, \
      69 the source is unavailable, 77 not permitted or not confirmed, 78 configuration.
      """,
    subcommands: [
      DeadLettersListCommand.self, DeadLettersGroupsCommand.self, DeadLettersShowCommand.self, DeadLettersRetryCommand.self,
      DeadLettersDiscardCommand.self, DeadLettersRestoreCommand.self, DeadLettersExportCommand.self,
    ])
}
