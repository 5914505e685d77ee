public import OpsModel

/// What a runner is told when it is started: on its standard input, since some of it must not stand in a file or an argument.
public struct RunOrder: Sendable {
  public enum Kind: String, Sendable {
    case begin
    /// Goes on where an earlier life ended.
    case resume
    /// Runs `finally` and nothing else.
    case abort
  }

  /// What a person has decided about a step of which nobody knows whether it happened.
  public struct Decision: Sendable {
    public enum Word: String, Sendable, CaseIterable {
      case rerun
      case done
      case skip
      case failed
    }

    public let step: String
    public let word: Word
    public let reason: String

    public init(step: String, word: Word, reason: String) {
      self.step = step
      self.word = word
      self.reason = reason
    }

    public var state: RunHistory.StepState {
      switch word {
      case .rerun: .pending
      case .done: .ok
      case .skip: .skipped
      case .failed: .failed
      }
    }
  }

  public var kind: Kind
  public var by: String
  public var reason: String
  /// Parameters that are not written down.
  public var sensitive: [String: RunValue]
  public var decisions: [Decision]

  public init(_ kind: Kind, by: String, reason: String = "", sensitive: [String: RunValue] = [:], decisions: [Decision] = []) {
    self.kind = kind
    self.by = by
    self.reason = reason
    self.sensitive = sensitive
    self.decisions = decisions
  }

  public var document: [UInt8] {
    let list = decisions.map { one in
      RunValue.map(["step": .text(one.step), "word": .text(one.word.rawValue), "reason": .text(one.reason)])
    }
    let value = RunValue.map([
      "kind": .text(kind.rawValue), "by": .text(by), "reason": .text(reason), "sensitive": .map(sensitive), "decisions": .list(list),
    ])
    return Array(value.exact.compact().utf8)
  }

  public init?(document: [UInt8]) {
    guard case .map(let map)? = RunValue.exact(document[...]), case .text(let word)? = map["kind"], let kind = Kind(rawValue: word) else {
      return nil
    }
    func text(_ value: RunValue?) -> String { if case .text(let text)? = value { text } else { "" } }
    self.init(kind, by: text(map["by"]), reason: text(map["reason"]))
    if case .map(let found)? = map["sensitive"] { sensitive = found }
    guard case .list(let list)? = map["decisions"] else { return }
    decisions = list.compactMap { one in
      guard case .map(let fields) = one, let word = Decision.Word(rawValue: text(fields["word"])) else { return nil }
      return Decision(step: text(fields["step"]), word: word, reason: text(fields["reason"]))
    }
  }
}
