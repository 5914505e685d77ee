public import OpsModel

extension Operation {
  /// The argument of `retryEdited` that holds the new arguments, as `EditedCall` reads them.
  public static let callKey = "call"

  /// The new arguments of `retryEdited`.
  /// - Throws: `Failure.declined` where they are no JSON, or where more than one thing is meant.
  public func editedCall() throws(Failure) -> EditedCall {
    guard let call = EditedCall(arguments[Self.callKey] ?? "") else {
      throw .declined(.argumentsAreNoJSON)
    }
    guard targets.count == 1 else { throw .declined(.oneEditAtATime) }
    return call
  }
}
