import ArgumentParser
import Gate
import OpsModel

/// `opsconsole dead-letters retry SOURCE`
struct DeadLettersRetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Move dead letters back to their queues, each in one step, payload untouched.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var operation: OperationOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws { try selection.requireSelection() }

  func run() throws {
    try DeadAction(verb: .retry, options: options, source: source, selection: selection, operation: operation, format: format).run()
  }
}
