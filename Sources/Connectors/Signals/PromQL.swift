/// Writes expressions as PromQL, grouped so that each process is one result.
struct PromQL {
  /// Labels that name a process.
  let identity: [String]
  /// Of ranges: `2m`.
  let window: String
  /// Labels that every series must have, with their values.
  var only: [(name: String, value: String)] = []
  /// Full names of each metric, as the server knows them; prefixes of applications among them.
  let names: @Sendable (MetricSelector) -> [String]

  init(
    identity: [String], window: String, only: [(name: String, value: String)] = [], names: @escaping @Sendable (MetricSelector) -> [String]
  ) {
    self.identity = identity
    self.window = window
    self.only = only
    self.names = names
  }

  private var by: String { "by (\(identity.joined(separator: ", ")))" }

  /// Nil where the server has none of the metrics.
  func query(_ expression: MetricExpression) -> String? {
    switch expression {
    case .sum(let selector): joined(selector) { "sum \(by) (\($0))" }
    case .most(let selector): joined(selector) { "max \(by) (\($0))" }
    case .rate(let selector): joined(selector) { "sum \(by) (rate(\($0)[\(window)]))" }
    case .quantile(let quantile, let selector): joined(selector) { bounded(quantile, $0) }
    case .share(let part, let whole):
      joined(whole) { whole in
        // Where nothing of the part was ever counted there is no series of it.
        let some = joined(part) { "sum \(by) (rate(\($0)[\(window)]))" } ?? ""
        return "((\(some)) or 0 * sum \(by) (rate(\(whole)[\(window)]))) / sum \(by) (rate(\(whole)[\(window)]))"
      }
    case .ratio(let left, let right): pair(left, "/", right)
    case .product(let left, let right): pair(left, "*", right)
    case .affine(let inner, let factor, let constant):
      query(inner).map { text in
        let scaled = factor == 1 ? text : "(\(text)) * \(factor)"
        return "clamp_min((\(scaled)) + \(constant), 0)"
      }
    }
  }

  /// A quantile, negative where it lies beyond the highest bound: the server tells that bound then, as if it were the number itself.
  private func bounded(_ quantile: Double, _ series: String) -> String {
    let buckets = "sum by (\((identity + ["le"]).joined(separator: ", "))) (rate(\(series)[\(window)]))"
    let known =
      "max \(by) (sum by (\((identity + ["le"]).joined(separator: ", "))) (rate(\(Self.with(series, "le!=\"+Inf\""))[\(window)])))"
    let all = "sum \(by) (rate(\(Self.with(series, "le=\"+Inf\""))[\(window)]))"
    return "histogram_quantile(\(quantile), \(buckets)) * (1 - 2 * (\(known) / \(all) < bool \(quantile)))"
  }

  /// The same series with one more label.
  private static func with(_ series: String, _ label: String) -> String {
    series.hasSuffix("}") ? "\(series.dropLast()),\(label)}" : "\(series){\(label)}"
  }

  /// The first that a process has, of several ways to one number.
  func query(anyOf expressions: [MetricExpression]) -> String? {
    let all = expressions.compactMap { query($0) }
    return all.isEmpty ? nil : all.map { "(\($0))" }.joined(separator: " or ")
  }

  private func pair(_ left: MetricExpression, _ sign: String, _ right: MetricExpression) -> String? {
    guard let left = query(left), let right = query(right) else { return nil }
    return "(\(left)) \(sign) (\(right))"
  }

  private func joined(_ selector: MetricSelector, _ wrap: (String) -> String) -> String? {
    let all = names(selector).map { wrap(series($0, selector)) }
    return all.isEmpty ? nil : all.count == 1 ? all[0] : all.map { "(\($0))" }.joined(separator: " or ")
  }

  private func series(_ name: String, _ selector: MetricSelector) -> String {
    let fixed = only.map { "\($0.name)=\(Self.quoted($0.value))" }
    let labels =
      fixed
      + selector.labels.map { label in
        switch label.match {
        case .equals(let value): "\(label.name)=\"\(value)\""
        case .begins(let start): "\(label.name)=~\"\(start).*\""
        case .exists: "\(label.name)!=\"\""
        case .holds(let words): "\(label.name)=~\".*(\(words.joined(separator: "|"))).*\""
        case .lacks(let words): "\(label.name)!~\".*(\(words.joined(separator: "|"))).*\""
        }
      }
    let text = name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
    let above = selector.above.map { "\(text) > \($0)" } ?? text
    return selector.below.map { "\(above) < \($0)" } ?? above
  }

  /// As a text of PromQL.
  private static func quoted(_ value: String) -> String {
    var out = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\" + String(scalar)
      case "\n": out += "\\n"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
