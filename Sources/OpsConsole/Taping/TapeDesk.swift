import Console
import OpsModel
import Synchronization
import Tape

/// Reads the tape for the console: one moment at a time, on a thread of its own.
struct TapeDesk: Sendable {
  let path: String
  /// Whose tape it must be; nil shows any tape, each moment under its own name.
  var owner: DataOwner?
  /// What an earlier version recorded, where nothing is recorded yet.
  var former: String?
  let mailbox: Mailbox

  func read(_ place: TapeJump) {
    Task.detached {
      let result: Result<TapeMoment, TapeRefusal>
      do throws(TapeRefusal) { result = .success(try moment(place)) } catch { result = .failure(error) }
      mailbox.post(.rewound(TapeAnswer(place, result)))
    }
  }

  private func moment(_ place: TapeJump) throws(TapeRefusal) -> TapeMoment {
    guard FilePaths.exists(path) else {
      let other: SafeText = former.map { "; of an earlier version: opsconsole replay \(SafeText(escaping: $0))" } ?? ""
      throw TapeRefusal("there is no tape at \(SafeText(escaping: path))\(other)")
    }
    do throws(TapeProblem) {
      let reader = try TapeReader(path: path)
      if let owner, let other = try reader.ownership().others(than: owner).first { throw TapeProblem.another(other) }
      guard let span = try reader.span() else { throw TapeProblem.file("there is nothing on the tape yet") }
      let wanted = try time(place, span, reader)
      // A little before the first look nothing is known: the first look is shown.
      let at = min(max(wanted, span.lowerBound), span.upperBound + 1)
      return try reader.moment(at)
    } catch {
      throw TapeRefusal(error.sentence)
    }
  }

  private func time(_ place: TapeJump, _ span: ClosedRange<Double>, _ reader: TapeReader) throws(TapeProblem) -> Double {
    switch place {
    case .to(let time): return time
    case .end: return span.upperBound
    case .eventBefore(let time):
      guard let found = try reader.event(before: time) else { throw .file("there is no event before on the tape") }
      return found
    case .eventAfter(let time):
      guard let found = try reader.event(after: time) else { throw .file("there is no event after on the tape") }
      return found
    }
  }
}
