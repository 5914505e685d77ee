/// One number with where it comes from.
public struct SignalValue: Hashable, Sendable, Codable {
  /// How the number stands to the truth.
  public enum Bound: UInt8, Hashable, Sendable, Codable {
    case exact
    /// The truth is this or more: a quantile beyond the highest bucket, a counter that misses some.
    case atLeast
    /// The truth is this or less: the processor time of a main thread, as its loop's utilisation.
    case atMost
  }

  public let value: Double
  public let rung: Rung
  public let bound: Bound

  public init(_ value: Double, from rung: Rung, _ bound: Bound = .exact) {
    self.value = value
    self.rung = rung
    self.bound = bound
  }

  /// `≥10s`, `≤94 %`, `182ms`.
  public func text(_ unit: Signal.Unit) -> SafeText {
    // Nothing is more than all of the time, and less than nothing is not worth a sign.
    if unit == .share && (value >= 0.995 || value < 0.0005) { return unit.text(value) }
    switch bound {
    case .exact: return unit.text(value)
    case .atLeast: return ">\(unit.text(value))"
    case .atMost: return "<\(unit.text(value))"
    }
  }
}

/// The signals of one process that are known; small, since there may be thousands of processes.
public struct SignalSet: Hashable, Sendable, Codable {
  private struct Entry: Hashable, Sendable, Codable {
    let signal: Signal
    let value: SignalValue
  }

  private var entries: [Entry] = []

  public init() {}

  public var isEmpty: Bool { entries.isEmpty }

  public func reading(_ signal: Signal) -> SignalValue? { entries.first { $0.signal == signal }?.value }

  public subscript(signal: Signal) -> Double? { reading(signal)?.value }

  /// Numbers that are none (NaN, infinite) are not known.
  public mutating func set(_ signal: Signal, _ value: Double?, from rung: Rung, _ bound: SignalValue.Bound = .exact) {
    guard let value, value.isFinite else { return }
    put(signal, SignalValue(value, from: rung, bound))
  }

  public mutating func put(_ signal: Signal, _ value: SignalValue) {
    if let index = entries.firstIndex(where: { $0.signal == signal }) {
      entries[index] = Entry(signal: signal, value: value)
    } else {
      entries.append(Entry(signal: signal, value: value))
    }
  }

  /// Takes over what is not known here, or known from a lower rung.
  public mutating func merge(_ other: SignalSet) {
    for entry in other.entries {
      if let own = reading(entry.signal), own.rung >= entry.value.rung { continue }
      put(entry.signal, entry.value)
    }
  }

  /// In the order of `Signal`.
  public var all: [(signal: Signal, value: SignalValue)] {
    entries.sorted { $0.signal.rawValue < $1.signal.rawValue }.map { ($0.signal, $0.value) }
  }

  /// The rungs that its numbers come from, the highest first.
  public var rungs: [Rung] { Set(entries.map(\.value.rung)).sorted(by: >) }
}
