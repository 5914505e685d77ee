/// When this console raises an alert, how loud, and for what.
public struct WatchRule: Hashable, Sendable {
  /// Names it in lists and in the configuration: `queue-unserved`.
  public let name: SafeText
  public let expression: WatchExpression
  public let severity: Severity
  /// Which things are meant: by `name` and `source`. Empty for all.
  public let filter: Filter
  /// Where a value must come back to before it is over; nil for a tenth inside of the bound.
  public let clear: Double?
  /// Runbooks that may help.
  public let runbooks: [SafeText]
  public let isBuiltIn: Bool

  public init(
    name: SafeText, expression: WatchExpression, severity: Severity, filter: Filter = .all, clear: Double? = nil, runbooks: [SafeText] = [],
    isBuiltIn: Bool = false
  ) {
    self.name = name
    self.expression = expression
    self.severity = severity
    self.filter = filter
    self.clear = clear
    self.runbooks = runbooks
    self.isBuiltIn = isBuiltIn
  }

  public static let filterFields: [FilterField] = [FilterField("name", .text), FilterField("source", .text)]

  /// Whether a thing of this name and source is meant.
  public func concerns(_ name: SafeText, _ source: SafeText) -> Bool {
    filter.isEmpty || filter.matches(Self.filterFields) { .text($0 == "source" ? source : name) }
  }

  /// Whether a value is bad enough to keep a raised alert up: values that swing about the bound do not make it blink.
  public func keepsUp(_ value: Double) -> Bool {
    let comparison = expression.comparison
    let margin = 0.1 * abs(expression.bound)
    let level = clear ?? (comparison.isUpward ? expression.bound - margin : expression.bound + margin)
    return comparison.holds(value, level)
  }
}
