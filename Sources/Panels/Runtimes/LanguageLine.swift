import Canvas
import Console
import OpsModel

/// Processes by language, in one line: `python 12 (0.42 cores, 840 MB) · node 2 (…)`.
enum LanguageLine {
  static func of(_ processes: [ProcessView]) -> [HeadLine] {
    guard !processes.isEmpty else { return [] }
    var sums: [Language: (count: Int, cpu: Double?, memory: Double?)] = [:]
    for process in processes {
      var sum = sums[process.state.language] ?? (0, nil, nil)
      sum.count += 1
      if let cpu = process.signals[.cpu] { sum.cpu = (sum.cpu ?? 0) + cpu }
      if let rss = process.signals[.rss] { sum.memory = (sum.memory ?? 0) + rss }
      sums[process.state.language] = sum
    }
    let words = sums.sorted { ($0.value.count, $1.key.rawValue) > ($1.value.count, $0.key.rawValue) }.map { entry -> SafeText in
      let known = [entry.value.cpu.map { "\(Signal.Unit.cores.text($0)) cores" as SafeText }, entry.value.memory.map { Units.bytes($0) }]
        .compactMap { $0 }
      return
        "\(SafeText(escaping: entry.key.rawValue)) \(entry.value.count)\(known.isEmpty ? "" : " (\(SafeText.join(known, ", ")))" as SafeText)"
    }
    return [HeadLine(SafeText.join(words, " · "), .faint)]
  }
}
