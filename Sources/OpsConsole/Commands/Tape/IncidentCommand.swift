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
      With --output NAME it writes NAME.md and NAME.json; otherwise one of them is printed. Exit codes: 0 done, 64 usage, 66 no such tape, \
      73 a file can not be written.
      """)

  /// In what it is printed.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case markdown = "md"
    case json
  }

  @Option(name: .long, parsing: .unconditional, help: "From when: 14:02, -2h, 2026-11-21 13:50 (UTC).")
  var from: String

  @Option(name: .long, parsing: .unconditional, help: "Until when; now without it.")
  var to: String = "now"

  @Option(name: .long, help: "The tape; the one of this user without it.")
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
    let path = FilePaths.expand(tape ?? paths.tapeFile)
    let reader = try TapeArguments.open(path)
    let events: [TapeEvent]
    do throws(TapeProblem) { events = try reader.events(from: begin, until: end, limit: Self.most) } catch {
      Output.error("\(SafeText(escaping: path)): \(error.sentence)")
      throw ExitCode(66)
    }
    let timeline = IncidentTimeline(
      from: begin, until: end, events: events, isCut: events.count == Self.most, gap: gap(reader, begin, end), audit: paths.auditFile,
      runs: IncidentRuns.entries(paths, from: begin, until: end))
    guard let output else { return print(timeline) }
    let text = timeline.markdown.map(\.text).joined(separator: "\n") + "\n"
    for (name, content) in [("\(output).md", text), ("\(output).json", timeline.json.rendered())] {
      guard FilePaths.write(content, new: FilePaths.expand(name)) else {
        Output.error("\(SafeText(escaping: name)) can not be written, or is there already")
        throw ExitCode(73)
      }
      Output.line("\(SafeText(escaping: name))")
    }
  }

  /// Where nothing was recorded, nothing that happened is known.
  private func gap(_ reader: TapeReader, _ begin: Double, _ end: Double) -> SafeText? {
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
