import OpsModel

/// What a server has that is of use here: names of metrics, which processes report, and how often. Looked at once a minute.
struct PromCatalogue: Sendable {
  struct Process: Sendable {
    let labels: [String]
    var language: Language?
    var version: SafeText?
    var startedAt: Double?
  }

  /// Seconds between looks.
  static let age = 60.0
  /// Processes beyond these are left out.
  static let most = 20_000

  /// Full names of the metrics that rules know by a shorter one.
  private(set) var names: [String: [String]] = [:]
  private(set) var processes: [String: Process] = [:]
  /// The range of rates, at least four scrapes long.
  private(set) var window = "5m"
  private(set) var windowSeconds = 300.0
  private(set) var isCut = false

  static func key(_ labels: some Collection<String>) -> String { labels.joined(separator: "\u{1f}") }

  func promQL(_ identity: [String], only: [(name: String, value: String)] = []) -> PromQL {
    let names = names
    return PromQL(identity: identity, window: window, only: only) { names[$0.name] ?? [] }
  }

  /// - Parameters:
  ///   - identity: labels that name a process.
  ///   - window: as configured; nil to find out how often the server scrapes.
  static func read(_ client: PromClient, identity: [String], window: String?, now: Double) async throws(Failure) -> PromCatalogue {
    var out = PromCatalogue()
    try await out.readNames(client, now)
    if let window, let seconds = seconds(window) {
      out.window = window
      out.windowSeconds = seconds
    } else {
      try await out.readWindow(client)
    }
    try await out.readProcesses(client, identity)
    return out
  }

  private mutating func readNames(_ client: PromClient, _ now: Double) async throws(Failure) {
    let since = Int(clamped: now) - 600
    let data = try await client.data("/api/v1/label/__name__/values?start=\(since)&end=\(since + 660)")
    var known = MetricNames(MetricNames.all)
    for slice in JSONScan.array(data) ?? [] {
      guard let bytes = JSONScan.string(slice), bytes.count < 200 else { continue }
      let full = String(decoding: bytes, as: UTF8.self)
      guard full.utf8.allSatisfy({ ExpositionLine.isWord($0) || $0 == 58 }), let name = known.canonical(Substring(full)) else { continue }
      names[name, default: []].append(full)
    }
  }

  /// How often the slowest tenth of targets was scraped in the last two minutes.
  private mutating func readWindow(_ client: PromClient) async throws(Failure) {
    let found = try await client.vector("quantile(0.1, count_over_time(up[2m]))", labels: [])
    switch found.rows.first?.value ?? 0 {
    case 8...: (window, windowSeconds) = ("1m", 60)
    case 4..<8: (window, windowSeconds) = ("2m", 120)
    default: (window, windowSeconds) = ("5m", 300)
    }
  }

  private mutating func readProcesses(_ client: PromClient, _ identity: [String]) async throws(Failure) {
    let marks = LanguageMarks.all.flatMap { names[$0.name] ?? [] }
    guard !marks.isEmpty else { return }
    let query =
      "count by (\((identity + ["__name__", "version"]).joined(separator: ", "))) ({__name__=~\"\(marks.joined(separator: "|"))\"})"
    let found = try await client.vector(query, labels: identity + ["__name__", "version"])
    var seen: [String: Set<String>] = [:]
    var known = MetricNames(MetricNames.all)
    for row in found.rows {
      let labels = Array(row.labels.prefix(identity.count))
      let key = Self.key(labels)
      guard let name = known.canonical(Substring(row.labels[identity.count])) else { continue }
      if processes[key] == nil {
        guard processes.count < Self.most else {
          isCut = true
          continue
        }
        processes[key] = Process(labels: labels)
      }
      seen[key, default: []].insert(name)
      let version = row.labels[identity.count + 1]
      if !version.isEmpty, let mark = LanguageMarks.versions.first(where: { $0.name == name }) {
        processes[key]?.version = "\(mark.words)\(SafeText(escaping: version, limit: 40))"
      }
    }
    for (key, names) in seen { processes[key]?.language = LanguageMarks.language { names.contains($0) } }
    guard let starts = promQL(identity).query(.most(MetricSelector("process_start_time_seconds"))) else { return }
    for row in try await client.vector(starts, labels: identity).rows where row.value.isFinite {
      processes[Self.key(row.labels)]?.startedAt = row.value
    }
  }

  /// `90s`, `5m`, `1h`.
  static func seconds(_ text: String) -> Double? {
    guard let unit = text.last, let number = Double(text.dropLast()), number > 0 else { return nil }
    switch unit {
    case "s": return number
    case "m": return number * 60
    case "h": return number * 3600
    default: return nil
    }
  }
}
