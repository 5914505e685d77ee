/// What has to be drawn so that a screen that shows one frame shows the next.
public struct FrameDifference: Equatable, Sendable {
  /// Neighbouring cells of one row.
  public struct Run: Equatable, Sendable {
    public let row: Int
    public let column: Int
    public let cells: [Cell]
  }

  public let runs: [Run]
  public let isWhole: Bool

  /// - Parameter old: nil where nothing is known of the screen: everything is drawn.
  public init(from old: Frame?, to new: Frame) {
    guard let old, old.size == new.size else {
      isWhole = true
      runs = (0..<new.size.rows).map { row in
        Run(row: row, column: 0, cells: Array(new.cells[row * new.size.columns..<(row + 1) * new.size.columns]))
      }
      return
    }
    isWhole = false
    var runs: [Run] = []
    for row in 0..<new.size.rows { Self.append(row, old, new, to: &runs) }
    self.runs = runs
  }

  private init(runs: [Run]) {
    isWhole = false
    self.runs = runs
  }

  public var isEmpty: Bool { runs.isEmpty }

  /// The same change as far as these of its runs go.
  public func limited(to part: [Run]) -> FrameDifference { FrameDifference(runs: part) }

  private static func append(_ row: Int, _ old: Frame, _ new: Frame, to runs: inout [Run]) {
    let base = row * new.size.columns
    var column = 0
    while column < new.size.columns {
      guard old.cells[base + column] != new.cells[base + column] else {
        column += 1
        continue
      }
      // A run begins on the first column of a wide character, before or after the change, and ends behind the second.
      var start = column
      while start > 0 && (new.cells[base + start].isContinuation || old.cells[base + start].isContinuation) { start -= 1 }
      var end = column + 1
      while end < new.size.columns && old.cells[base + end] != new.cells[base + end] { end += 1 }
      while end < new.size.columns && (new.cells[base + end].isContinuation || old.cells[base + end].isContinuation) { end += 1 }
      runs.append(Run(row: row, column: start, cells: Array(new.cells[base + start..<base + end])))
      column = end
    }
  }

  /// The next frame as a screen would show it that shows `old` now.
  public func applied(to old: Frame?, size: Size) -> Frame {
    var frame = Frame(size: size)
    if !isWhole, let old { frame.cells = old.cells }
    for run in runs {
      for (index, cell) in run.cells.enumerated() { frame.cells[run.row * size.columns + run.column + index] = cell }
    }
    return frame
  }
}
