/// How fast the line to the terminal is, by the answers to status requests (`CSI 5 n`), and when the next frame may follow.
///
/// A write returns as soon as the nearest buffer has taken it, and the buffers between here and the terminal may hold minutes of a slow
/// line. So a request is sent behind a frame, and the next frame waits for the answer: keys are then answered by what is true now, and
/// not behind frames of long ago. Small frames wait for nothing: a line that is far but fast would show each move of the cursor late.
/// A terminal that never answers counts as fast. Times are seconds of a steady clock.
struct LinePace {
  private struct Request {
    let bytes: Int
    let at: Double
  }

  private var request: Request?
  private var unasked = 0
  private var unanswered = 0
  private var hasAnswered = false
  /// The shortest time that an answer took: what the way costs beside the bytes.
  private var way = Double.infinity
  /// Bytes per second; nil where the line is fast, or nothing is known of it.
  private(set) var rate: Double?
  private var busy = 0.0
  private var lastAnswer = 0.0

  /// Bytes that may be on their way without a request.
  static let free = 256
  /// Seconds after which an answer counts as lost, and how many may be lost before the terminal counts as one without answers.
  static let lost = 30.0
  private static let patience = 3
  /// A line that carries more than this in a second needs no care.
  private static let fast = 20_000.0
  /// Seconds of the line that a piece of a frame takes, and how often that long it rests after a refresh.
  private static let pieceSeconds = 0.3
  private static let rest = 2.0

  /// Whether an answer is still to come.
  var isAwaiting: Bool { request != nil }
  /// Whether the terminal has given an answer at any time.
  var answers: Bool { hasAnswered }

  /// - Parameter isReaction: a key waits for it, or it is the rest of a frame.
  func isReady(isReaction: Bool, at now: Double) -> Bool {
    guard hasAnswered else { return true }
    if let request { return now - request.at >= Self.lost }
    return isReaction || rate == nil || now - lastAnswer >= busy * Self.rest
  }

  /// Bytes that a frame may have in one piece; nil for all of them.
  var piece: Int? { rate.map { max(120, Int($0 * Self.pieceSeconds)) } }

  /// The first request goes out before the first frame, so that a slow line is known as early as can be.
  mutating func begin(at now: Double) { request = Request(bytes: 200, at: now) }

  /// A frame was written.
  /// - Parameter isRefresh: a frame for which no key waits begins.
  /// - Returns: whether a request has to follow it.
  mutating func wrote(_ bytes: Int, isRefresh: Bool, at now: Double) -> Bool {
    if isRefresh { busy = 0 }
    if let request, now - request.at >= Self.lost {
      self.request = nil
      unanswered += 1
    }
    unasked += bytes
    return ask(at: now)
  }

  private mutating func ask(at now: Double) -> Bool {
    guard request == nil, unanswered < Self.patience, unasked > Self.free else { return false }
    request = Request(bytes: unasked, at: now)
    unasked = 0
    return true
  }

  /// The terminal has answered.
  /// - Returns: whether another request has to follow, for what was written meanwhile.
  mutating func answered(at now: Double) -> Bool {
    guard let request else { return false }
    measure(request, at: now)
    return ask(at: now)
  }

  private mutating func measure(_ request: Request, at now: Double) {
    self.request = nil
    hasAnswered = true
    unanswered = 0
    let took = now - request.at
    way = min(way, took)
    lastAnswer = now
    busy += took
    let carrying = took - way
    // What is this quick is the way, and the wait of a busy machine.
    let measured = carrying > 0.05 ? Double(request.bytes) / carrying : .infinity
    guard measured < Self.fast else {
      rate = nil
      return
    }
    rate = rate.map { ($0 + measured) / 2 } ?? measured
  }
}
