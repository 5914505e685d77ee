/// Gives columns their widths: what does not fit is left out by priority, what is left over goes to the ones that stretch.
public enum TableLayout {
  public struct Column: Sendable {
    public let width: Int
    /// Lower is kept longer.
    public let priority: Int
    /// Takes a share of the room left over; up to this width.
    public let maximum: Int

    public init(width: Int, priority: Int, maximum: Int? = nil) {
      self.width = width
      self.priority = priority
      self.maximum = max(width, maximum ?? width)
    }
  }

  /// Columns that count at most for one column's wish to grow.
  private static let largestBite = 40

  /// - Returns: for each column its width, 0 where it is left out. One blank stands between columns.
  public static func widths(of columns: [Column], in room: Int) -> [Int] {
    var kept = Set(columns.indices)
    func needed() -> Int { kept.reduce(0) { $0 + columns[$1].width } + max(0, kept.count - 1) }
    while needed() > room, let worst = kept.max(by: { (columns[$0].priority, $0) < (columns[$1].priority, $1) }), kept.count > 1 {
      kept.remove(worst)
    }
    var widths = columns.indices.map { kept.contains($0) ? min(columns[$0].width, room) : 0 }
    var left = room - needed()
    while left > 0 {
      let growing = columns.indices.filter { widths[$0] > 0 && widths[$0] < columns[$0].maximum }
      guard !growing.isEmpty else { break }
      // Who could take most gets most, but not all: a statement is worth more room than a name, and a name that is cut is none.
      func appetite(_ index: Int) -> Int { min(columns[index].maximum - widths[index], Self.largestBite) }
      let hunger = growing.reduce(0) { $0 + appetite($1) }
      let room = left
      for index in growing where left > 0 {
        let more = min(max(1, room * appetite(index) / hunger), appetite(index), left)
        widths[index] += more
        left -= more
      }
    }
    return widths
  }

  /// A column that is shown: which, where it begins, and its width.
  public struct Place: Sendable {
    public let column: Int
    public let x: Int
    public let width: Int
  }

  /// Where columns stand from `x` on; those without a width are left out.
  public static func places(_ widths: [Int], from x: Int) -> [Place] {
    var x = x
    var out: [Place] = []
    for column in widths.indices where widths[column] > 0 {
      out.append(Place(column: column, x: x, width: widths[column]))
      x += widths[column] + 1
    }
    return out
  }
}
