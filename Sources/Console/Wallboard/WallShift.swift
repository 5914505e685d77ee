import Canvas
import OpsModel

/// Moves the whole picture by a cell now and then, so that nothing burns in.
enum WallShift {
  /// Seconds between two moves.
  static let every = 120.0

  static func area(_ size: Size, now: Moment, began: Moment) -> Rect {
    guard size.columns > 20, size.rows > 6 else { return Rect(x: 0, y: 0, width: size.columns, height: size.rows) }
    let step = Int(now.age(since: began) / every) % 4
    let (x, y) = [(0, 0), (1, 0), (1, 1), (0, 1)][step]
    return Rect(x: x, y: y, width: size.columns - 1, height: size.rows - 1)
  }
}
