import ArgumentParser
import Gate
import OpsModel

/// How an operation goes.
struct OperationOptions: ParsableArguments, Sendable {
  @Flag(name: .long, help: "Show the plan and change nothing.")
  var dryRun = false

  @Option(name: .long, help: ArgumentHelp("Goes on with the plan: environment and source, as in production/orders.", valueName: "target"))
  var confirm: String?

  @Option(name: .long, help: ArgumentHelp("Items in one step on the server; adapted to about 1 ms otherwise.", valueName: "n"))
  var batch: Int?

  @Option(name: .long, help: ArgumentHelp("Items per second, or max; polite otherwise: with a pause after each step.", valueName: "n|max"))
  var rate: String?

  @Option(name: .long, help: ArgumentHelp("Retry so many first, wait, and go on only if they do not fail again.", valueName: "n"))
  var canary: Int?

  @Option(name: .long, help: ArgumentHelp("Seconds to wait for the first few.", valueName: "seconds"))
  var canaryWait = 30.0

  @Option(name: .long, help: ArgumentHelp("Share of the first few that may fail again, in percent.", valueName: "percent"))
  var canaryTolerance = 5.0

  func validate() throws {
    if let batch, !(1...2000).contains(batch) { throw ValidationError("--batch is a number from 1 to 2000") }
    if let canary, canary < 1 { throw ValidationError("--canary is a number from 1 on") }
    guard (0...3600).contains(canaryWait) else { throw ValidationError("--canary-wait is a number of seconds from 0 to 3600") }
    guard (0...100).contains(canaryTolerance) else { throw ValidationError("--canary-tolerance is a number from 0 to 100") }
    _ = try pace()
  }

  func pace() throws -> Pace {
    guard let rate else { return .polite }
    if rate == "max" { return .max }
    guard let number = Double(rate), number > 0, number.isFinite else { throw ValidationError("--rate is a number above 0, or max") }
    return .perSecond(number)
  }

  var staging: Staging? { canary.map { Staging(first: $0, wait: canaryWait, tolerance: canaryTolerance / 100) } }
}
