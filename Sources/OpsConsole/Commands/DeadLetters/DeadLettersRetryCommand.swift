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

  @Option(
    name: .long,
    help: ArgumentHelp("New arguments for one letter, where the system allows it: [1, \"a\"] {\"named\": 2}.", valueName: "json"))
  var call: String?

  func validate() throws {
    try selection.requireSelection()
    guard let call else { return }
    if EditedCall(call) == nil { throw ValidationError("--call is a JSON list, and a JSON object behind it for named arguments") }
    if selection.id.count != 1 || selection.filter != nil { throw ValidationError("--call is for one letter: name it by --id") }
  }

  func run() throws {
    try DeadAction(
      verb: call == nil ? .retry : .retryEdited, options: options, source: source, selection: selection, operation: operation,
      format: format,
      arguments: call.map { [Operation.callKey: $0] } ?? [:]
    ).run()
  }
}
