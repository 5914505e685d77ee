public import OpsModel

/// What is wrong with an expression, before it is used or while it is.
public struct ExpressionProblem: Error, Hashable, Sendable {
  /// Characters from the beginning of the expression, from 1; nil where it is about the whole.
  public let character: Int?
  public let message: SafeText

  init(_ message: SafeText, at character: Int? = nil) {
    self.character = character
    self.message = message
  }

  public var sentence: SafeText { character.map { "character \($0): \(message)" } ?? message }
}
