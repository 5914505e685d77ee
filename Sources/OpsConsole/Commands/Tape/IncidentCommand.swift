import ArgumentParser
import Console
import OpsModel
import Tape

/// `opsconsole incident …`
struct IncidentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incident", abstract: "The story of an incident, from the tape and the audit log.",
    subcommands: [IncidentExportCommand.self])
}

/// `opsconsole incident export`: a timeline for the review afterwards.
struct IncidentExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a timeline: alerts, suspects, operations, notes, sources lost and back.",
    discussion: """
      With --output NAME it writes NAME.md and NAME.json; otherwise one of them is printed. It is about one environment: that of the \
      tape, which is your own of this environment and configuration unless --tape names another. Exit codes: 0 done, 64 usage, 66 no such \
      tape, or none of this environment, 73 cannot be written, 78 configuration.
      """)

  /// In what it is printed.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case markdown = "md"
    case json
  }

  @OptionGroup var options: SharedOptions

  @Option(name: .long, parsing: .unconditional, help: "From when: 14:02, -2h, 2026-11-21 13:50 (UTC).")
  var from: String

  @Option(name: .long, parsing: .unconditional, help: "Until when; now without it.")
  var to: String = "now"

  @Option(name: .long, help: "The tape (default: your own of this environment and configuration).")
  var tape: String?

  @Option(name: .long, help: "md or json.")
  var format = Form.markdown

  @Option(name: .long, help: "Write both forms to files of this name instead; files that are there stay.")
  var output: String?

  /// Events of the tape in one timeline.
  private static let most = 100_000

  func run() throws {
    let begin = try TapeArguments.time(from, "--from")
    let end = try TapeArguments.time(to, "--to")
    guard begin < end else { throw ValidationError("--from must lie before --to") }
    let paths = FilePaths(environment: SharedOptions.variables)
    let place = try place(paths)
    let reader = try TapeArguments.open(place.path, former: place.former)
    let timeline: IncidentTimeline
    do throws(TapeProblem) {
      timeline = try Self.timeline(reader, place, paths, from: begin, until: end)
    } catch {
      Output.error("\(SafeText(escaping: place.path)): \(error.sentence)")
      throw ExitCode(66)
    }
    guard let output else { return print(timeline) }
    let text = timeline.markdown.map(\.text).joined(separator: "\n") + "\n"
    for (name, content) in [("\(output).md", text), ("\(output).json", timeline.json.rendered())] {
      do throws(WriteFailure) { try FilePaths.save(Array(content.utf8), new: FilePaths.expand(name)) } catch {
        Output.error("\(SafeText(escaping: name)) cannot be written: \(error.reason)")
        throw ExitCode(73)
      }
      Output.line("\(SafeText(escaping: name))")
    }
  }

  /// A tape that is named needs no configuration: it says itself whose it is.
  private func place(_ paths: FilePaths) throws -> (path: String, owner: DataOwner?, former: String?, configuration: String?) {
    if let tape { return (FilePaths.expand(tape), options.environment.map { DataOwner($0) }, nil, nil) }
    let configuration = try options.load()
    let place = TapePlace(configuration, options.environment, paths)
    return (place.path, place.owner, place.former, configuration?.file ?? "")
  }

  private static func timeline(
    _ reader: TapeReader, _ place: (path: String, owner: DataOwner?, former: String?, configuration: String?), _ paths: FilePaths,
    from begin: Double, until end: Double
  ) throws(TapeProblem) -> IncidentTimeline {
    let ownership = try reader.ownership()
    // A tape that says whose it is goes before what was asked for: an environment of another name is refused, not shown under that name.
    if let whole = ownership.whole, let asked = place.owner, asked.environment != whole.environment { throw .another(whole) }
    let owner = ownership.whole ?? place.owner ?? ownership.owner(at: end)
    guard let owner else { throw .file("it does not say of which environment it is: add --environment") }
    let all = try reader.events(from: begin, until: end, limit: Self.most)
    let own = all.filter { event in ownership.owner(at: event.at).map { $0.environment == owner.environment } ?? ownership.all.isEmpty }
    var gaps = gap(reader, begin, end).map { [$0] } ?? []
    if own.count < all.count {
      gaps.append(
        "\(Units.count(all.count - own.count, "event")) on this tape are of another environment, or of an unknown one, and are left out")
    }
    if all.count == Self.most, let first = all.first {
      gaps.append("there are more events than are listed here: those before \(Calendar.stamp(first.at)) are missing")
    }
    return IncidentTimeline(
      of: owner, from: begin, until: end, events: own, gaps: gaps, audit: paths.auditFile,
      runs: IncidentRuns.entries(paths, of: owner.environment, configuration: place.configuration, from: begin, until: end))
  }

  /// Where nothing was recorded, nothing that happened is known.
  private static func gap(_ reader: TapeReader, _ begin: Double, _ end: Double) -> SafeText? {
    guard let span = try? reader.span() else { return "the tape is empty" }
    let whole: SafeText = "the tape reaches from \(Calendar.stamp(span.lowerBound)) to \(Calendar.stamp(span.upperBound))"
    if (try? reader.hasLooks(from: begin, until: end)) != true { return "nothing was recorded in this time: \(whole)" }
    return begin < span.lowerBound - 60 || end > span.upperBound + 60 ? "not all of this time was recorded: \(whole)" : nil
  }

  private func print(_ timeline: IncidentTimeline) {
    switch format {
    case .json: Output.json(timeline.json)
    case .markdown: for line in timeline.markdown { Output.line(line) }
    }
  }
}
