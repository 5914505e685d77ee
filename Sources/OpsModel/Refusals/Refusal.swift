/// Something that OpsConsole itself declines to do. No server said no, so no server's log explains it.
///
/// The extensions in this folder are the whole table of them: the initialiser is not public, so that no refusal is made anywhere else, and
/// one test reads every sentence.
public struct Refusal: Hashable, Sendable, Codable {
  /// What is declined and why, in a few words.
  public let what: SafeText
  /// What to do instead; nil where nothing helps, or where `what` says it already.
  public let instead: SafeText?
  /// What a command ends with: 77 for what is not done, 64 for a request that cannot be served.
  public let exitCode: Int32
  /// Whether the same request may be accepted within a minute: another console is at the same things.
  public let passes: Bool

  init(_ what: SafeText, instead: SafeText? = nil, exitCode: Int32 = 77, passes: Bool = false) {
    self.what = what
    self.instead = instead
    self.exitCode = exitCode
    self.passes = passes
  }
}
