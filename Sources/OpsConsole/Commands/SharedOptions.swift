public import ArgumentParser
import Canvas
import Glibc
import OpsModel
import StrictYAML

/// Options that every command understands.
struct SharedOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config: String?

  @Flag(name: .long, help: "Look only: no action can be taken. The configuration can say the same; nothing switches it off.")
  var readOnly = false

  @Option(name: .long, help: "production, staging or development; wins over the configuration.")
  var environment: Environment?

  @Option(name: .long, help: "The theme, such as dark or high-contrast.")
  var theme: String?

  @Option(name: .long, help: "256, 16, mono or ascii; chosen by the terminal otherwise.")
  var look: Look?

  static var variables: [String: String] {
    var out: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { out[String(pair[0])] = String(pair[1]) }
      entry += 1
    }
    return out
  }

  /// Reads the configuration; prints every error and ends with 78 where there is one.
  func load() throws -> Configuration? {
    let variables = Self.variables
    let loader = ConfigurationLoader(paths: FilePaths(environment: variables), environment: variables)
    do throws(FileProblems) {
      return try loader.load(config)
    } catch {
      for problem in error.list { Output.error(problem.line) }
      throw ExitCode(78)
    }
  }
}

extension Environment: ExpressibleByArgument {}
extension Look: ExpressibleByArgument {}
