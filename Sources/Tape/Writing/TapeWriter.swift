import Console
import GRDB
import OpsModel

/// Gathers what shall be on the tape and writes it in batches. Used from one thread.
final class TapeWriter {
  /// Seconds between two batches, and between two looks at what is too old.
  static let flushEvery = 5.0
  static let thinEvery = 60.0

  private let database: DatabaseQueue
  private let path: String
  private let file: [UInt64]
  private let settings: TapeSettings
  private let encoder: TapeEncoder
  private var sources: [SafeText: (number: Int, stream: SourceStream, wasLost: Bool)] = [:]
  private var facts: [SafeText: SourceFacts] = [:]
  private var series: SeriesNumbers
  private var rows = TapeRows()
  private var fine = SampleRoll(length: 60)
  private var coarse = SampleRoll(length: 600, step: 30)
  private var flushedAt: Moment?
  private var thinnedAt: Double?

  private static let removed = TapeProblem.file("it was removed or replaced while it was recorded")

  init(path: String, settings: TapeSettings, owner: DataOwner, now: Double) throws {
    self.settings = settings
    self.path = path
    database = try TapeFile.writable(path, limit: settings.size, owner: owner)
    (encoder, series) = try database.read { database in
      let names = try String.fetchAll(database, sql: "SELECT name FROM names ORDER BY number")
      return (TapeEncoder(names: CodeNames(names)), try SeriesNumbers(database, now: now))
    }
    // It can be removed while it is made. What is written to it then is lost, and must not look as if it were not.
    guard let file = TapeFile.identity(path) else { throw Self.removed }
    self.file = file
    let known = try database.read { try Row.fetchAll($0, sql: "SELECT number, name FROM sources") }
    for row in known { sources[try row.checkedText(1)] = (try row.checked(0), SourceStream(), false) }
  }

  // MARK: Taking

  /// - Parameter now: of the calendar alone.
  func take(_ input: TapeInput, now: Double) throws { try take(input, at: Moment(recorded: now)) }

  func take(_ input: TapeInput, at now: Moment) throws {
    switch input {
    case .source(let facts): try add(facts)
    case .observed(let observation): try add(observation)
    case .failed(let source, let failure, let at): try add(source, failure, at: at.unix)
    case .tick(let tick): try add(tick)
    case .event(let event): rows.events.append(event)
    }
    if flushedAt.map({ now.age(since: $0) >= Self.flushEvery }) ?? true {
      flushedAt = now
      try flush(now.unix)
    }
  }

  private func number(of source: SafeText) -> Int {
    if let known = sources[source] { return known.number }
    let number = (sources.values.map(\.number).max() ?? 0) + 1
    sources[source] = (number, SourceStream(), false)
    return number
  }

  private func add(_ facts: SourceFacts) throws {
    guard self.facts[facts.name] != facts else { return }
    self.facts[facts.name] = facts
    rows.sources.append((number(of: facts.name), facts.name, try encoder.encode(facts)))
  }

  private func add(_ observation: Observation) throws {
    let number = number(of: observation.source)
    guard var source = sources[observation.source] else { return }
    let frames = try source.stream.frames(observation, encoder, isWhole: source.wasLost)
    if source.wasLost { rows.events.append(TapeEvent(at: observation.at.unix, .sourceBack, source: observation.source, "answers again")) }
    source.wasLost = false
    sources[observation.source] = source
    rows.polls.append((number, observation.at.unix, nil))
    for frame in frames {
      rows.frames.append((number, frame.part.rawValue, observation.at.unix, frame.isKey, frame.data.isEmpty ? [] : Packed.pack(frame.data)))
    }
  }

  private func add(_ source: SafeText, _ failure: Failure, at: Double) throws {
    let number = number(of: source)
    rows.polls.append((number, at, try encoder.encode(failure)))
    guard sources[source]?.wasLost == false else { return }
    sources[source]?.wasLost = true
    rows.events.append(TapeEvent(at: at, .sourceLost, source: source, severity: .critical, "does not answer", detail: failure.what))
  }

  private func add(_ tick: TapeTick) throws {
    for sample in tick.samples {
      let number = series.number(of: sample)
      fine.add(number, sample.value, at: sample.at.unix)
      coarse.add(number, sample.value, at: sample.at.unix)
    }
    rows.events += tick.events
    for change in tick.changes { rows.events.append(TapeEvent(change)) }
    if let verdict = tick.verdict { rows.verdicts.append((tick.at.unix, Packed.pack(try encoder.encode(verdict)))) }
  }

  // MARK: Writing

  /// Everything that was taken is on the tape afterwards.
  func flush(_ now: Double, isLast: Bool = false) throws {
    // SQLite would go on writing into a file that nobody can open any more.
    guard TapeFile.identity(path) == file else { throw Self.removed }
    for block in fine.takeFull(now, all: isLast) { rows.samples.append((false, block.begins, block.ends, Packed.pack(block.block.bytes))) }
    for block in coarse.takeFull(now, all: isLast) {
      rows.samples.append((true, block.begins, block.ends, Packed.pack(block.block.bytes)))
    }
    let taken = rows
    rows = TapeRows()
    let names = Array(encoder.names.list.enumerated().dropFirst(encoder.names.written))
    let added = series.takeNew()
    try database.write { database in
      for (number, name) in names { try database.execute(sql: "INSERT OR REPLACE INTO names VALUES (?, ?)", arguments: [number, name]) }
      try SeriesNumbers.write(added, database, now: now)
      try taken.write(database)
    }
    encoder.wrote()
    if now - (thinnedAt ?? now - Self.thinEvery) >= Self.thinEvery {
      try TapeThinning(database: database, settings: settings).run(now: now, last: thinnedAt)
      try series.tidy(database, now: now, age: settings.age)
      thinnedAt = now
    }
  }
}
