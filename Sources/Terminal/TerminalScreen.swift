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
  private var paste: String?
  private var pasteQuietSince = ContinuousClock.now
  private var silentInputs = 0

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
    colours = Int(ops_term_colours())
    look = wanted ?? TerminalLook.detect(colours: colours, isUTF8: isUTF8)
    size = Self.currentSize()
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
  public func close() { ops_term_stop() }

  /// Ends `waitForInput` from any thread.
  public nonisolated static func wake() { ops_wake() }

  public func redraw() {
    ops_term_forget()
    shown = nil
  }

  public func present(_ frame: Frame, theme: Theme) {
    if theme != shownTheme { shown = nil }
    let difference = FrameDifference(from: shown, to: frame)
    if difference.isEmpty && shown?.cursor == frame.cursor { return }
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
    ops_term_flush()
    shown = frame
    shownTheme = theme
  }

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
    let milliseconds = seconds.map { Int32((max(0, min($0, 3600)) * 1000).rounded(.up)) } ?? -1
    let found = Int(ops_wait(milliseconds))
    var events = signals()
    if found & Int(OPS_INPUT) != 0 {
      events += keys()
      pasteQuietSince = .now
    } else if let text = paste, pasteQuietSince.duration(to: .now) > .seconds(1) {
      // The end of the paste never came; keys must work again.
      events.append(.paste(text))
      paste = nil
    }
    if found & Int(OPS_GONE) != 0 { events.append(.end(129)) }
    return events
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

  /// At most 256 keys a turn: a flood of input does not keep frames from being drawn.
  private func keys() -> [InputEvent] {
    var events: [InputEvent] = []
    let hasBytes = ops_term_waiting() > 0
    for _ in 0..<256 {
      var character: UInt32 = 0
      var name: UnsafePointer<CChar>?
      switch ops_term_key(&character, &name) {
      case 0:
        guard let scalar = Unicode.Scalar(character) else { continue }
        append(scalar, to: &events)
      case 1: if paste == nil, let name { events.append(.key(Key(String(cString: name)))) }
      case 2: paste = ""
      case 3:
        if let text = paste { events.append(.paste(text)) }
        paste = nil
      default:
        // A readable terminal without a byte in it, again and again, is at its end. Bytes that make no key are bytes.
        silentInputs = events.isEmpty && !hasBytes ? silentInputs + 1 : 0
        if silentInputs > 50 { events.append(.end(129)) }
        return events
      }
    }
    return events
  }

  /// Characters of one paste that are kept: more than any line takes.
  private static let pasteLimit = 8_192

  private func append(_ scalar: Unicode.Scalar, to events: inout [InputEvent]) {
    silentInputs = 0
    if paste == nil { return events.append(.key(Key(scalar))) }
    if (paste?.unicodeScalars.count ?? 0) < Self.pasteLimit { paste?.unicodeScalars.append(scalar) }
  }
}
