/// Numbers that are gathered until a stretch of time is full.
struct SampleRoll {
  struct Full {
    let begins: Double
    let ends: Double
    let block: SampleBlock
  }

  /// Seconds of a stretch; stretches begin at its multiples.
  let length: Double
  /// Seconds that keep one number of each series; nil keeps all.
  let step: Float?
  private var open: [Double: SampleBlock] = [:]

  init(length: Double, step: Float? = nil) {
    self.length = length
    self.step = step
  }

  mutating func add(_ number: Int, _ value: Double, at: Double) {
    let begins = (at / length).rounded(.down) * length
    if let step {
      open[begins, default: SampleBlock()].add(number, time: at - begins, value: value, each: step)
    } else {
      open[begins, default: SampleBlock()].add(number, time: at - begins, value: value)
    }
  }

  /// Stretches that are over, with a moment's grace for what comes late.
  mutating func takeFull(_ now: Double, all: Bool) -> [Full] {
    let over = open.keys.filter { all || $0 + length + 2 <= now }.sorted()
    return over.compactMap { begins in
      open.removeValue(forKey: begins).map { Full(begins: begins, ends: min(begins + length, max(begins, now)), block: $0) }
    }
  }
}
