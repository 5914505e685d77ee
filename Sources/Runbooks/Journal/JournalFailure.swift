import Glibc
public import OpsModel

/// Why something of a run could not be written down.
public enum JournalFailure: Error, Hashable, Sendable {
  case system(path: SafeText, call: SafeText, code: Int32)
  /// A record that is longer than any reader takes.
  case tooLong
  /// An earlier write of the same file did not reach the disk: what stands in it is not known any more.
  case poisoned(path: SafeText)

  public var sentence: SafeText {
    switch self {
    case .system(let path, let call, let code): "\(call) \(path): \(SafeText(escaping: String(cString: strerror(code))))"
    case .tooLong: "the record is longer than \(Units.bytes(Double(Journal.longest)))"
    case .poisoned(let path): "\(path): an earlier write did not reach the disk"
    }
  }
}
