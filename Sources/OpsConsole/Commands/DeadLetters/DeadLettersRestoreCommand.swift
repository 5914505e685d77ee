import ArgumentParser
import Gate
import OpsModel

/// `opsconsole dead-letters restore SOURCE FILE`
struct DeadLettersRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put discarded dead letters back from a quarantine file.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var operation: OperationOptions
  @Argument(help: "The source, as configured.") var source: String
  @Argument(help: "The quarantine file.") var file: String
  @Option(name: .long, help: ArgumentHelp("Only this id; may be given several times.", valueName: "id")) var id: [String] = []
  @Flag(name: .long, help: "The file may have been made of a source of another name.") var otherSource = false
  @Flag(name: .long, help: "The file may have been made in another environment, or under another label.") var otherEnvironment = false
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let source = try SourceAccess(configuration: configuration, clock: clock).source(source)
    let contents: QuarantineFile.Contents
    do throws(QuarantineFailure) { contents = try QuarantineFile.read(FilePaths.expand(file)) } catch {
      Output.error(error.sentence)
      throw ExitCode(64)
    }
    guard contents.kind.text == source.kind else {
      Output.error(
        "the file was made of a source of kind \(contents.kind), and \(source.name) is of kind \(SafeText(escaping: source.kind))")
      throw ExitCode(64)
    }
    guard contents.source == source.name || otherSource else {
      Output.error("the file was made of source \(contents.source), not of \(source.name); --other-source restores it all the same")
      throw ExitCode(64)
    }
    let variables = SharedOptions.variables
    let maker = GateMaker(
      configuration: configuration, options: options, paths: FilePaths(environment: variables), environment: variables, clock: clock)
    if let owner = contents.owner, owner != maker.owner, !otherEnvironment {
      Output.error("the file was made in \(owner.title), and this is \(maker.owner.title); --other-environment restores it all the same")
      throw ExitCode(64)
    }
    let wanted = Set(id)
    let records = contents.records.filter { wanted.isEmpty || wanted.contains(String(decoding: $0.target.key, as: UTF8.self)) }
    let (operation, format, pace) = (operation, format, try operation.pace())
    let code = Blocking.run { () async -> Int32 in
      let runner = OperationRunner(gate: await maker.make(), options: operation, format: format)
      return await runner.run(
        Operation(.restore, source: source.name, arguments: ["file": file, "made of": contents.source.text], records: records, pace: pace))
    }
    if code != 0 { throw ExitCode(code) }
  }
}
