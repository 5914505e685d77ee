public import OpsModel

/// What is wrong with a tape.
public enum TapeProblem: Error, Equatable, Sendable {
  /// It can not be opened, read or written: the words of SQLite.
  case file(SafeText)
  /// A value on it can not be read.
  case damaged(SafeText)
  /// Made by a later version.
  case tooNew(Int)
  /// No tape at all.
  case foreign
  /// Recorded in another environment, or under another label.
  case another(DataOwner)

  public var sentence: SafeText {
    switch self {
    case .file(let words): words
    case .damaged(let words): "the tape is damaged: \(words)"
    case .tooNew(let format): "the tape is of format \(format), which this version does not know"
    case .foreign: "this is no tape"
    case .another(let owner): "this tape is of \(owner.title)"
    }
  }
}
