import ArgumentParser
import Console
import OpsModel

/// `opsconsole dead-letters groups SOURCE`
struct DeadLettersGroupsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "groups", abstract: "Group dead letters by task, error type and normalised message.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock)
    let source = try access.source(source)
    let chosen = try selection.selection()
    let began = clock.now()
    let result = Blocking.run { () async -> Result<(DeadGroups, DeadProgress), any Error> in
      do {
        return .success(try await Self.groups(try await access.store(source), chosen, now: began.unix))
      } catch let failure as Failure {
        return .failure(SourceAccess.unavailable(source.name, failure))
      } catch { return .failure(error) }
    }
    let (groups, progress) = try result.get()
    let sorted = groups.groups.filter { $0.count > 0 }.sorted { $0.count > $1.count }
    switch format {
    case .json: Output.json(Self.json(sorted, progress, source.name, began, took: clock.now().age(since: began)))
    case .table: for line in Self.lines(sorted, progress, now: began.unix) { Output.line(line) }
    }
  }

  private static func groups(
    _ store: any DeadLetterStore, _ selection: DeadSelection, now: Double
  ) async throws(Failure) -> (DeadGroups, DeadProgress) {
    var groups = DeadGroups(now: now)
    let scopes = try await selection.scopes(of: store).map(\.key)
    let isAll = selection.isEverything && selection.queues.isEmpty
    let progress = try await DeadLetterWalk(store: store, scopes: scopes).run { letters, progress in
      for letter in letters where isAll || selection.holds(letter, now: now) { groups.add(letter) }
      return progress.seen < selection.limit ?? .max
    }
    return (groups, progress)
  }

  private static func json(
    _ groups: [DeadGroups.Group], _ progress: DeadProgress, _ source: SafeText, _ at: Moment, took: Double
  ) -> JSONText {
    let total = max(1, groups.reduce(0) { $0 + $1.count })
    let rows = groups.map { group -> JSONText in
      .object([
        ("task", .text(group.fingerprint.task)), ("error_type", .text(group.fingerprint.errorType)),
        ("message", .text(group.fingerprint.message)), ("count", .int(group.count)),
        ("share", .number(Double(group.count) / Double(total))), ("first_at", .optional(group.first.map { Calendar.stamp($0) })),
        ("last_at", .optional(group.last.map { Calendar.stamp($0) })), ("example", .optional(group.example)),
      ])
    }
    return .object([
      ("schema", .int(1)), ("at", .text(Calendar.stamp(at.unix))), ("source", .text(source)), ("total", .int(progress.total)),
      ("seen", .int(progress.seen)), ("whole", .bool(progress.isWhole)), ("took_seconds", .number(took)), ("groups", .array(rows)),
    ])
  }

  private static func lines(_ groups: [DeadGroups.Group], _ progress: DeadProgress, now: Double) -> [SafeText] {
    let total = max(1, groups.reduce(0) { $0 + $1.count })
    let rows = groups.map { group -> [SafeText] in
      let age: (Double?) -> SafeText = { $0.map { "\(Units.age(max(0, now - $0))) ago" } ?? "—" }
      return [
        Units.count(group.count), Units.percent(Double(group.count) / Double(total)), age(group.first), age(group.last),
        group.fingerprint.task, group.fingerprint.errorType, group.fingerprint.message.prefix(80),
      ]
    }
    let foot: SafeText = "\(Units.count(progress.seen)) looked at of \(Units.count(progress.total))"
    return SnapshotTable.table(["COUNT", "SHARE", "FIRST", "LAST", "TASK", "ERROR", "MESSAGE"], rows) + [foot]
  }
}
