public import Gate
public import OpsModel

extension RunPlan {
  /// What is typed: `production/dlq-drain`, with the number of items behind it where there are more than a hundred.
  public var typed: SafeText {
    let name: SafeText = "\(SafeText(escaping: environment))/\(SafeText(escaping: id))"
    return items > 100 ? "\(name) \(items)" : name
  }

  /// Environment × risk × number → what the operator must do.
  public func confirmation(raises: Bool) -> RequiredConfirmation {
    if onlyReads { return .key(dwell: 0) }
    let isProduction = environment == Environment.production.rawValue
    if raises || needsTyping || (risk == .high && (isProduction || items > Policy.small)) || (isProduction && items > 1) {
      return .typed(typed)
    }
    if !isProduction, risk == .low, items <= 1 { return .key(dwell: 0) }
    return items > Policy.small ? .typed(typed) : .key(dwell: 0.5)
  }
}
