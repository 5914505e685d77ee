/// Numbers and words in the files of `/proc`.
enum ProcFields {
  /// Runs of what is no space.
  static func words(_ text: some StringProtocol) -> [Substring] {
    Substring(text).split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
  }

  /// Lines of `key value`, such as `cpu.stat` and `vmstat`.
  static func pairs(_ text: String) -> [Substring: Double] {
    var out: [Substring: Double] = [:]
    for line in text.split(separator: "\n") {
      let words = words(line)
      if words.count >= 2, let value = Double(words[1]) { out[words[0]] = value }
    }
    return out
  }

  /// The whole number that a text begins with; nil for `max` and for nothing.
  static func number(_ text: String?) -> Double? { text.flatMap { words($0).first.flatMap { Double($0) } } }
}
