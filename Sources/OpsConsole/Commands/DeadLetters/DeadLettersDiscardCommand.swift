import ArgumentParser
import Gate
import OpsModel

/// `opsconsole dead-letters discard SOURCE`
struct DeadLettersDiscardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discard", abstract: "Write dead letters to a quarantine file, check it, and delete what stands in it.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var operation: OperationOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws { try selection.requireSelection() }

  func run() throws {
    try DeadAction(verb: .discard, options: options, source: source, selection: selection, operation: operation, format: format).run()
  }
}
