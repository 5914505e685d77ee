import ArgumentParser
import Console
import OpsModel

/// Which dead letters are meant.
struct SelectionOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Only this queue; may be given several times.", valueName: "name"))
  var queue: [String] = []

  @Option(name: .long, help: ArgumentHelp("This set, such as Sidekiq's retry; what is dead otherwise.", valueName: "name"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("Only this id; may be given several times.", valueName: "id"))
  var id: [String] = []

  @Option(name: .long, help: ArgumentHelp("Only what matches, as in: task:mail.send error~Timeout age>1h attempts>=3.", valueName: "text"))
  var filter: String?

  @Flag(name: .long, help: "Every one there is when the command begins.")
  var all = false

  @Option(name: .long, help: ArgumentHelp("At most so many, the newest first.", valueName: "n"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is a number from 1 on") }
    if let filter, filter.allSatisfy({ $0.isWhitespace }) { throw ValidationError("--filter is empty; --all means every one") }
    _ = try parsed()
  }

  /// For actions: what is meant must be said.
  func requireSelection() throws {
    if id.isEmpty && filter == nil && !all {
      throw ValidationError("nothing is selected: name what is meant by --id, --filter or --all")
    }
    if all && (!id.isEmpty || filter != nil) { throw ValidationError("--all means every one; leave out --id and --filter, or --all") }
  }

  private func parsed() throws -> Filter {
    guard let filter else { return .all }
    do throws(FilterError) {
      return try Filter.parse(filter, fields: DeadLetter.filterFields)
    } catch {
      throw ValidationError("--filter: \(error.message.text)")
    }
  }

  func selection() throws -> DeadSelection {
    DeadSelection(
      queues: queue.map { SafeText(escaping: $0, limit: 200) }, sets: set.map { SafeText(escaping: $0, limit: 200) },
      ids: Set(id.map { SafeText(escaping: $0, limit: 200) }),
      filter: try parsed(), limit: limit)
  }
}
