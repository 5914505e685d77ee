import OpsModel

/// A regular expression that is compared in time proportional to the text: all ways are walked at once and none twice (Thompson's
/// construction). It always stands for the whole text. Without references and without looking around.
public struct LinearPattern: Hashable, Sendable {
  /// Characters of a pattern.
  static let longest = 200
  /// Steps of the machine that repetitions may unfold to.
  static let largest = 4000

  enum Step: Hashable, Sendable {
    case match(PatternSet)
    /// Both are tried; nil is the step behind.
    case fork(Int, Int)
    case jump(Int)
    case end
  }

  public let source: String
  private let steps: [Step]

  /// - Throws: `ExpressionProblem` with the place.
  public init(_ text: String) throws(ExpressionProblem) {
    guard text.count <= Self.longest else { throw ExpressionProblem("a pattern has \(Self.longest) characters at most") }
    source = text
    steps = try PatternCompiler.compile(text)
  }

  public func matches(_ text: String) -> Bool {
    var now = Set<Int>()
    add(0, to: &now)
    for scalar in text.unicodeScalars {
      var next = Set<Int>()
      for place in now {
        if case .match(let set) = steps[place], set.contains(scalar) { add(place + 1, to: &next) }
      }
      if next.isEmpty { return false }
      now = next
    }
    return now.contains(steps.count - 1)
  }

  /// Adds a step and all that follow it without a character.
  private func add(_ place: Int, to set: inout Set<Int>) {
    var open = [place]
    while let place = open.popLast() {
      guard set.insert(place).inserted else { continue }
      switch steps[place] {
      case .fork(let one, let two): open += [one, two]
      case .jump(let next): open.append(next)
      case .match, .end: break
      }
    }
  }
}

/// Characters that may stand at one place.
struct PatternSet: Hashable, Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  var isNegated = false

  static let any = PatternSet(ranges: [0...9, 11...0x10FFFF])
  static let digits = PatternSet(ranges: [0x30...0x39])
  static let words = PatternSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let blanks = PatternSet(ranges: [9...13, 32...32])

  func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } != isNegated }

  static func one(_ scalar: Unicode.Scalar) -> PatternSet { PatternSet(ranges: [scalar.value...scalar.value]) }
}
