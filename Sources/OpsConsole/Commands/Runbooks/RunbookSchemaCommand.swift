import ArgumentParser
import Runbooks

/// `opsconsole runbook schema`: for editors that complete and check while one types.
struct RunbookSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of runbook/v1.",
    discussion: "An editor takes it by a first line such as: # yaml-language-server: $schema=runbook.schema.json")

  func run() { Output.json(SchemaDocument.json) }
}
