/// Everything that can be known of one dead letter without running anything.
public struct DeadLetterDetail: Sendable {
  public let letter: DeadLetter
  /// Fields as the system stores them, in its order.
  public var fields: [(name: SafeText, value: SafeText)] = []
  /// Arguments as far as they can be decoded, and how well.
  public var arguments: SafeText?
  /// The arguments exactly, as `EditedCall` reads them, where others can be given in their place; nil where they can not.
  public var call: String?
  public var fidelity: SafeText
  public var traceback: [SafeText] = []
  /// The first bytes of the stored work, and how many there are in all.
  public var raw: [UInt8] = []
  public var rawSize: Int?
  /// What nobody can tell.
  public var unknown: [SafeText] = []

  public init(letter: DeadLetter, fidelity: SafeText) {
    self.letter = letter
    self.fidelity = fidelity
  }
}
