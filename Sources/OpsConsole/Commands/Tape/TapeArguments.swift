import ArgumentParser
import Console
import OpsModel
import Tape

/// What commands about tapes take alike.
enum TapeArguments {
  /// - Throws: a usage error that names the option.
  static func time(_ text: String, _ option: String) throws -> Double {
    guard let time = TapeTime.parse(text, now: SystemClock().now().unix) else {
      throw ValidationError("\(option) is a time such as \(TapeTime.examples.text)")
    }
    return time
  }

  /// What the beginning of a recording is told with.
  static func label(_ environment: Environment) -> SafeText { "environment \(SafeText(escaping: environment.rawValue))" }

  /// The environment that was recorded last; production where the tape does not tell.
  static func environment(_ reader: TapeReader) -> Environment {
    let word = (try? reader.lastBeginning())?.detail.text.split(separator: " ").last.map(String.init) ?? ""
    return Environment(rawValue: word) ?? .production
  }

  /// - Throws: exit code 66, after it was said why.
  static func open(_ path: String) throws -> TapeReader {
    do throws(TapeProblem) {
      guard !path.isEmpty, FilePaths.exists(path) else { throw TapeProblem.file("there is no such file") }
      let reader = try TapeReader(path: path)
      guard try reader.span() != nil else { throw TapeProblem.file("there is nothing on this tape") }
      return reader
    } catch {
      Output.error("\(SafeText(escaping: path)): \(error.sentence)")
      throw ExitCode(66)
    }
  }
}
