import ArgumentParser
import OpsModel
import Runbooks
import StrictYAML

/// `opsconsole runbook check`: says everything that is wrong, and runs nothing.
struct RunbookCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say everything that is wrong with runbooks, each with file, line and column.",
    discussion:
      "Nothing is run and no server is asked. Exit codes: 0 all are right, 64 usage, 66 a file can not be read, 78 something is wrong.")

  @Argument(help: "Files, or folders of files that end with .yaml or .yml.")
  var paths: [String]

  @Option(name: .long, help: "table or json.")
  var format = OutputFormat.table

  func run() throws {
    var problems: [FileProblem] = []
    var good: [(file: String, runbook: Runbook)] = []
    var isUnreadable = false
    for file in paths.flatMap({ Self.files(FilePaths.expand($0)) }) {
      guard let text = FilePaths.read(file, limit: YAMLReader.sizeLimit) else {
        Output.error("\(SafeText(escaping: file)): it can not be read, or is larger than 1 MiB")
        isUnreadable = true
        continue
      }
      do throws(FileProblems) { good.append((file, try RunbookReader.read(text, file: file))) } catch { problems += error.list }
    }
    problems += Self.twice(good)
    if format == .json { Output.json(Self.json(good, problems)) } else { Self.tell(good, problems) }
    if isUnreadable { throw ExitCode(66) }
    if !problems.isEmpty { throw ExitCode(78) }
  }

  /// Ids name runbooks everywhere else: two of one id in a folder would hide each other.
  private static func twice(_ good: [(file: String, runbook: Runbook)]) -> [FileProblem] {
    var seen: [String: String] = [:]
    return good.compactMap { file, runbook in
      guard let first = seen.updateValue(file, forKey: runbook.id) else { return nil }
      return FileProblem(
        file: file, mark: nil, message: "the id \(SafeText(escaping: runbook.id)) is that of \(SafeText(escaping: first)) as well")
    }
  }

  private static func tell(_ good: [(file: String, runbook: Runbook)], _ problems: [FileProblem]) {
    for (file, runbook) in good {
      Output.line("\(SafeText(escaping: file)): \(SafeText(escaping: runbook.id)), \(Units.count(runbook.allSteps.count, "step")): well")
    }
    for problem in problems { Output.error(problem.line) }
  }

  private static func json(_ good: [(file: String, runbook: Runbook)], _ problems: [FileProblem]) -> JSONText {
    let list = problems.map { problem -> JSONText in
      let fields: [(StaticString, JSONText)] = [
        ("file", .text(SafeText(escaping: problem.file))), ("line", .optional(problem.mark?.line)),
        ("column", .optional(problem.mark?.column)), ("message", .text(problem.message)),
      ]
      return .object(fields)
    }
    let runbooks = good.map { file, runbook -> JSONText in
      let fields: [(StaticString, JSONText)] = [
        ("file", .text(SafeText(escaping: file))), ("id", .text(SafeText(escaping: runbook.id))), ("title", .text(runbook.title)),
        ("version", .int(runbook.version)), ("class", .text(SafeText(escaping: runbook.kind.rawValue))),
        ("risk", .text(SafeText(escaping: runbook.risk.rawValue))), ("steps", .int(runbook.allSteps.count)),
      ]
      return .object(fields)
    }
    return .object([("schema", .int(1)), ("runbooks", .array(runbooks)), ("problems", .array(list))])
  }

  /// A file as it is; of a folder those that are runbooks by their name, in order.
  private static func files(_ path: String) -> [String] {
    let names = FolderList.names(in: path).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    return names.isEmpty ? [path] : names.sorted().map { "\(path)/\($0)" }
  }
}
