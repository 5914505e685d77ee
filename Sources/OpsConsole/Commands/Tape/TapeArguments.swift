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

  /// Who recorded last; production where the tape does not tell.
  static func owner(_ reader: TapeReader, _ path: String) throws -> DataOwner {
    do throws(TapeProblem) { return try reader.ownership().owner(at: .infinity) ?? DataOwner(.production) } catch {
      Output.error("\(SafeText(escaping: path)): \(error.sentence)")
      throw ExitCode(66)
    }
  }

  /// - Throws: exit code 66, after it was said why.
  /// - Parameter former: a tape of an earlier version, to name it where there is no other.
  static func open(_ path: String, former: String? = nil) throws -> TapeReader {
    do throws(TapeProblem) {
      guard !path.isEmpty, FilePaths.exists(path) else {
        let other: SafeText = former.map { "; of an earlier version: --tape \(SafeText(escaping: $0))" } ?? ""
        throw TapeProblem.file("there is no such file\(other)")
      }
      let reader = try TapeReader(path: path)
      guard try reader.span() != nil else { throw TapeProblem.file("there is nothing on this tape") }
      return reader
    } catch {
      Output.error("\(SafeText(escaping: path)): \(error.sentence)")
      throw ExitCode(66)
    }
  }
}
