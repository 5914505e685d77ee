public import OpsModel

/// What a process told when it was asked from outside: stacks, samples.
public struct InsideView: Sendable {
  public let process: ResourceID
  /// `thread-dump`, `inspect-node`
  public let kind: SafeText
  public let at: Moment
  /// What it comes to.
  public let answers: [(from: SafeText, text: SafeText)]
  /// All of it, line by line.
  public let lines: [SafeText]

  /// Lines beyond these are left out.
  static let most = 20_000

  init(process: ResourceID, kind: SafeText, at: Moment, answers: [(from: SafeText, text: SafeText)], document: [UInt8]) {
    self.process = process
    self.kind = kind
    self.at = at
    self.answers = answers
    lines = document.split(separator: 0x0A, maxSplits: Self.most, omittingEmptySubsequences: false).prefix(Self.most).map { line in
      // Tabs stand for indents there.
      SafeText(bytes: line.first == 0x09 ? [0x20, 0x20, 0x20, 0x20] + line.dropFirst() : line, limit: 400)
    }
  }
}
