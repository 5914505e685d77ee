import GRDB
import OpsModel

extension TapeProblem {
  /// Of whatever SQLite or the coder threw.
  init(_ error: any Error) {
    if let own = error as? TapeProblem {
      self = own
    } else if let error = error as? DatabaseError {
      let words: SafeText =
        switch error.resultCode {
        case .SQLITE_FULL: "no space left for it"
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: "it is no tape, or a damaged one"
        case .SQLITE_CANTOPEN, .SQLITE_READONLY: "it can not be opened"
        case .SQLITE_INTERRUPT: "reading takes too long: it may be damaged"
        default: SafeText(escaping: error.message ?? "\(error.resultCode)", limit: 200)
        }
      self = .file(words)
    } else if error is DecodingError {
      self = .damaged("a value is of no known kind")
    } else if error is RowDecodingError {
      self = .damaged("a column holds something else")
    } else {
      self = .file(SafeText(escaping: "\(error)", limit: 200))
    }
  }
}
