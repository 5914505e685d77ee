/// How a signal is reckoned from metrics: written once, asked of a Prometheus server (`PromQL`) or of a scrape (`ScrapeEvaluator`).
indirect enum MetricExpression: Sendable {
  case sum(MetricSelector)
  case most(MetricSelector)
  /// Per second, of all series together.
  case rate(MetricSelector)
  /// Of a histogram, by the name of its buckets; they are added up before the quantile is taken.
  case quantile(Double, MetricSelector)
  /// What part of the events are such ones; none of them is none, and not unknown.
  case share(MetricSelector, of: MetricSelector)
  case ratio(MetricExpression, MetricExpression)
  case product(MetricExpression, MetricExpression)
  /// Times a factor and plus a constant, and never below zero.
  case affine(MetricExpression, times: Double, plus: Double)

  /// Every metric that is needed.
  var selectors: [MetricSelector] {
    switch self {
    case .sum(let one), .most(let one), .rate(let one), .quantile(_, let one): [one]
    case .share(let part, let whole): [part, whole]
    case .ratio(let left, let right), .product(let left, let right): left.selectors + right.selectors
    case .affine(let one, _, _): one.selectors
    }
  }

  static func mean(_ family: String, _ labels: [(String, MetricSelector.Match)] = []) -> MetricExpression {
    .ratio(.rate(MetricSelector(family + "_sum", labels)), .rate(MetricSelector(family + "_count", labels)))
  }
}
