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
  /// Two at most, as a rule: thousands of numbers of a look go into one of them.
  private var open: [(begins: Double, block: SampleBlock)] = []

  init(length: Double, step: Float? = nil) {
    self.length = length
    self.step = step
  }

  mutating func add(_ number: Int, _ value: Double, at: Double) {
    let begins = (at / length).rounded(.down) * length
    let place = open.lastIndex { $0.begins == begins } ?? open.endIndex
    if place == open.endIndex { open.append((begins, SampleBlock())) }
    if let step {
      open[place].block.add(number, time: at - begins, value: value, each: step)
    } else {
      open[place].block.add(number, time: at - begins, value: value)
    }
  }

  /// Stretches that are over, with a moment's grace for what comes late.
  mutating func takeFull(_ now: Double, all: Bool) -> [Full] {
    func isOver(_ begins: Double) -> Bool { all || begins + length + 2 <= now }
    let over = open.filter { isOver($0.begins) }.sorted { $0.begins < $1.begins }
    open.removeAll { isOver($0.begins) }
    return over.map { Full(begins: $0.begins, ends: min($0.begins + length, max($0.begins, now)), block: $0.block) }
  }
}
