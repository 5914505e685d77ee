import OpsModel

/// What a request or a task costs, in words: `42 req/s, 6.1 queries, 18ms DB, 240ms total, 310 kB allocated`.
enum CostWords {
  static func name(_ cost: Cost) -> SafeText { cost.name.isEmpty ? (cost.unit == .request ? "requests" : "tasks") : cost.name }

  static func of(_ cost: Cost) -> SafeText {
    guard cost.isEnough else {
      return "n/a: \(Units.count(Int(clamped: cost.count))) in \(Units.age(cost.window)), \(Int(Cost.fewest)) are needed"
    }
    var words: [SafeText] = [cost.perSecond.map { Units.rate($0) } ?? "—"]
    if let queries = cost.queries { words.append("\(number(queries.value)) queries (\(queries.from))") }
    if let time = cost.databaseTime { words.append("\(Signal.Unit.seconds.text(time.value)) DB (\(time.from))") }
    if let total = cost.totalTime { words.append("\(Signal.Unit.seconds.text(total.value)) total (\(total.from))") }
    if let memory = cost.memory { words.append("\(Units.bytes(memory.value)) allocated (\(memory.from))") }
    return SafeText.join(words, ", ")
  }

  /// `6.1`
  static func number(_ value: Double) -> SafeText {
    Signal.Unit.count.text(value) == "0" || value < 100 ? tenth(value) : Units.count(Int(clamped: value))
  }

  private static func tenth(_ value: Double) -> SafeText {
    let scaled = Int(clamped: (value * 10).rounded())
    return "\(scaled / 10).\(scaled % 10)"
  }
}
