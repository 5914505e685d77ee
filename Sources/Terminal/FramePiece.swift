import Canvas

/// A part of what changed, for a slow line: what the operator did comes first.
///
/// What names the screen stands at its edges. A key changes styles: the bar of the cursor, a box that stands there now. Numbers change
/// their text alone.
enum FramePiece {
  /// - Parameter bytes: about as many are written.
  /// - Returns: the runs to draw, and whether these are all.
  static func of(_ difference: FrameDifference, shown: Frame, bytes: Int) -> (runs: [FrameDifference.Run], isWhole: Bool) {
    let ordered = difference.runs.enumerated().sorted { left, right in
      let (first, second) = (importance(left.element, shown), importance(right.element, shown))
      return first != second ? first < second : left.offset < right.offset
    }
    var runs: [FrameDifference.Run] = []
    var sum = 0
    for (_, run) in ordered where runs.isEmpty || sum < bytes {
      runs.append(run)
      sum += cost(run)
    }
    return (runs, runs.count == difference.runs.count)
  }

  /// Rows of the bar, the panels, the title and the head of a table.
  private static let top = 4

  private static func importance(_ run: FrameDifference.Run, _ shown: Frame) -> Int {
    if run.row < top || run.row == shown.size.rows - 1 { return 0 }
    let start = run.row * shown.size.columns + run.column
    return run.cells.indices.contains { run.cells[$0].style != shown.cells[start + $0].style } ? 1 : 2
  }

  /// Bytes: the way there, each character in UTF-8, and a change of colours at each change of style.
  private static func cost(_ run: FrameDifference.Run) -> Int {
    let changes = zip(run.cells, run.cells.dropFirst()).reduce(1) { $0 + ($1.0.style == $1.1.style ? 0 : 1) }
    return run.cells.reduce(7 + changes * 14) { $0 + ($1.scalar < 0x80 ? 1 : ($1.scalar < 0x800 ? 2 : 3)) }
  }
}
