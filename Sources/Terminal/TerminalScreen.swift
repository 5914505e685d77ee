import CNcurses
public import Canvas

/// `Screen` on ncurses. One exists at a time, on the main thread.
@MainActor
public final class TerminalScreen: @MainActor Screen {
  public private(set) var size: Size
  public let look: Look
  private let colours: Int
  private var shown: Frame?
  private var shownTheme: Theme?
  private var reader: KeyReader
  private var pace = LinePace()
  /// The frame of which a slow line has shown a part.
  private var begun: Frame?
  private let keySignals: KeySignals
  private let start = ContinuousClock.now
  /// The description that stands in for a `TERM` that this host does not know, such as `xterm-256color`; nil where it knows it.
  public let likeness: String?

  /// Takes the terminal.
  /// - Parameters:
  ///   - wanted: nil chooses by what the terminal can do and `NO_COLOR`.
  ///   - keySignals: what Ctrl-Z, Ctrl-C and Ctrl-\ may do.
  /// - Throws: `TerminalFailure`.
  public init(look wanted: Look?, keySignals: KeySignals = .all) throws(TerminalFailure) {
    let isUTF8 = ops_term_locale() == 1
    switch Int(ops_term_start()) {
    case Int(OPS_OK): break
    case Int(OPS_NOT_A_TERMINAL): throw .notATerminal
    case Int(OPS_NO_CURSOR_ADDRESS): throw .tooPoor
    default: throw .unknownTerminal
    }
    likeness = ops_term_likeness().map { String(cString: $0) }
    colours = Int(ops_term_colours())
    look = wanted ?? TerminalLook.detect(colours: colours, isUTF8: isUTF8)
    reader = KeyReader(described: .ofTerminal(), isUTF8: isUTF8 || ops_term_is_plain() == 1)
    self.keySignals = keySignals
    size = Self.currentSize()
    pace.begin(at: now)
    askStatus()
    if keySignals != .all { ops_signals_without_keys(keySignals == .none ? 1 : 0) }
  }

  /// Which keys reach the program as signals.
  public enum KeySignals: Sendable {
    case all
    /// Ctrl-Z suspends nothing.
    case noSuspend
    /// No key ends it either; SIGTERM and a hang-up do.
    case none
  }

  /// Gives the terminal back. Safe to call twice.
  public func close() {
    awaitAnswer()
    ops_term_stop()
  }

  /// Waits for an answer that is still to come, lest it arrives in the shell; not long, and not where none ever came.
  private func awaitAnswer() {
    let end = now + (pace.answers ? 0.5 : (now < 3 ? 0.1 : 0))
    while pace.isAwaiting && now < end {
      guard Int(ops_wait(Int32((end - now) * 1000) + 1)) & Int(OPS_GONE) == 0, !isAtEnd else { return }
      _ = typed()
    }
  }

  /// Ends `waitForInput` from any thread.
  public nonisolated static func wake() { ops_wake() }

  public func redraw() {
    ops_term_forget()
    shown = nil
  }

  public func isReady(isReaction: Bool) -> Bool { pace.isReady(isReaction: isReaction || begun != nil, at: now) }

  public var hasArrived: Bool { begun == nil && !(pace.answers && pace.isAwaiting) }

  public func present(_ newest: Frame, theme: Theme, isReaction: Bool) -> Bool {
    if theme != shownTheme { shown = nil }
    let isContinued = !isReaction && begun != nil
    // What was begun is shown to its end: newer numbers would keep it from ever ending. A key is not kept waiting for that.
    let frame = isContinued && shown != nil && begun?.size == newest.size ? begun ?? newest : newest
    begun = nil
    var difference = FrameDifference(from: shown, to: frame)
    if difference.isEmpty && shown?.cursor == frame.cursor { return true }
    var next = frame
    if let shown, !difference.isWhole, let bytes = pace.piece {
      let piece = FramePiece.of(difference, shown: shown, bytes: bytes)
      if !piece.isWhole { begun = frame }
      difference = difference.limited(to: piece.runs)
      next = difference.applied(to: shown, size: frame.size)
      next.cursor = frame.cursor
    }
    for run in difference.runs { draw(run, theme) }
    let cursor = frame.cursor
    // A hidden cursor parks where drawing ends: moving it would cost bytes in every frame.
    if let cursor {
      ops_term_cursor(1, Int32(cursor.row), Int32(cursor.column))
    } else if shown?.cursor != nil || shown == nil {
      ops_term_cursor(0, 0, 0)
    } else if let last = difference.runs.last {
      ops_term_cursor(0, Int32(last.row), Int32(min(frame.size.columns - 1, last.column + last.cells.count)))
    }
    let bytes = Int(ops_term_flush())
    if pace.wrote(bytes, isRefresh: !isReaction && !isContinued, at: now) { askStatus() }
    shown = next
    shownTheme = theme
    return begun == nil
  }

  /// Asks the terminal to answer behind all that was written so far.
  private func askStatus() { write("\u{1B}[5n") }

  /// Draws neighbouring cells, one stretch of equal style at a time.
  private func draw(_ run: FrameDifference.Run, _ theme: Theme) {
    var start = 0
    while start < run.cells.count {
      var end = start + 1
      while end < run.cells.count && (run.cells[end].style == run.cells[start].style || run.cells[end].isContinuation) { end += 1 }
      let cells = (start..<end).map { index in
        let cell = run.cells[index]
        let isWide = index + 1 < run.cells.count && run.cells[index + 1].isContinuation
        return ops_cell(scalar: cell.scalar, mark1: cell.mark1, mark2: cell.mark2, columns: cell.isContinuation ? 0 : (isWide ? 2 : 1))
      }
      let paint = TerminalPaint(style: run.cells[start].style, theme: theme, look: look, colours: colours)
      ops_term_put(
        Int32(run.row), Int32(run.column + start), cells, Int32(cells.count), paint.attributes,
        look.hasColour ? ops_term_pair(paint.foreground, paint.background) : 0)
      start = end
    }
  }

  public func waitForInput(seconds: Double?) -> [InputEvent] {
    let limit = [seconds, reader.deadline.map { $0 - now }].compactMap { $0 }.min()
    let milliseconds = limit.map { Int32((max(0, min($0, 3600)) * 1000).rounded(.up)) } ?? -1
    let found = Int(ops_wait(milliseconds))
    var events = signals()
    events += found & Int(OPS_INPUT) != 0 ? typed() : inputs(reader.pass(now))
    if found & Int(OPS_GONE) != 0 || isAtEnd { events.append(.end(129)) }
    return events
  }

  /// Seconds of a clock that nobody sets.
  private var now: Double {
    let passed = start.duration(to: .now).components
    return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
  }

  /// Paste is opt-in by key press, at most 8 KiB, and already free of control characters: it is `CanvasText`.
  public func copy(_ text: some CanvasText) -> Bool {
    let bytes = Array(text.canvasText.utf8)
    guard !bytes.isEmpty, bytes.count <= 8192 else { return false }
    write("\u{1B}]52;c;" + Base64.encode(bytes) + "\u{07}")
    return true
  }

  public func ring() { write("\u{07}") }

  /// Terminals that do not know it show nothing. ASCII alone: what a notification does with the rest is not ours to know.
  public func announce(_ text: some CanvasText) {
    write("\u{1B}]9;" + String(text.canvasText.unicodeScalars.filter { $0.isASCII }.prefix(200).map(Character.init)) + "\u{07}")
  }

  private func write(_ sequence: String) { sequence.withCString { ops_term_write($0, sequence.utf8.count) } }

  private func signals() -> [InputEvent] {
    var events: [InputEvent] = []
    // The ending signals stay raised until the end, so one look is enough.
    let number = ops_next_signal()
    switch number {
    case SignalNumber.hangUp, SignalNumber.terminate, SignalNumber.quit: events.append(.end(128 + number))
    // Where nobody takes it within its time, the program ends by it: it hangs then.
    case SignalNumber.interrupt:
      ops_not_ending()
      events.append(.interrupt)
    case SignalNumber.stop:
      awaitAnswer()
      ops_term_suspend()
      resize()
      events += [.resize, .resumed]
    case SignalNumber.windowChange, SignalNumber.proceed:
      resize()
      events.append(.resize)
    default: break
    }
    return events
  }

  private func resize() {
    let next = Self.currentSize()
    guard next != size else { return }
    size = next
    ops_term_resized(Int32(next.columns), Int32(next.rows))
    redraw()
  }

  private static func currentSize() -> Size {
    var columns: Int32 = 0
    var rows: Int32 = 0
    ops_term_size(&columns, &rows)
    // A terminal may claim any size; memory is bounded all the same.
    return Size(columns: min(Int(columns), 1000), rows: min(Int(rows), 500))
  }

  private var isAtEnd = false

  /// At most 1,024 bytes a turn: a flood of input does not keep frames from being drawn.
  private func typed() -> [InputEvent] {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = bytes.withUnsafeMutableBufferPointer { ops_term_read($0.baseAddress, $0.count) }
    // A terminal that can be read and holds nothing is at its end.
    if count == 0 { isAtEnd = true }
    return count > 0 ? inputs(reader.read(Array(bytes.prefix(count)), at: now)) : []
  }

  private func inputs(_ events: [TerminalEvent]) -> [InputEvent] {
    events.compactMap { event in
      switch event {
      case .answer:
        if pace.answered(at: now) { askStatus() }
        return nil
      case .paste(let text): return .paste(text)
      // Spelled as a sequence it makes no signal, and means the same.
      case .key(Key("Ctrl-C")): return keySignals == .none ? nil : .interrupt
      case .key(let key): return .key(key)
      }
    }
  }
}
