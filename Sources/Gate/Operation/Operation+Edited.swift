public import OpsModel

extension Operation {
  /// The argument of `retryEdited` that holds the new arguments, as `EditedCall` reads them.
  public static let callKey = "call"

  /// The new arguments of `retryEdited`.
  /// - Throws: `Failure.refused` where they are no JSON, or where more than one thing is meant.
  public func editedCall() throws(Failure) -> EditedCall {
    guard let call = EditedCall(arguments[Self.callKey] ?? "") else {
      throw .refused(code: "", message: "new arguments are a JSON list, and a JSON object behind it for named ones: [1, \"a\"] {\"b\": 2}")
    }
    guard targets.count == 1 else { throw .refused(code: "", message: "new arguments are given to one at a time") }
    return call
  }
}
