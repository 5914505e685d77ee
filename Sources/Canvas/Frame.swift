/// A whole screen of cells, row by row, and where the cursor stands.
public struct Frame: Equatable, Sendable {
  public let size: Size
  public internal(set) var cells: [Cell]
  /// Column and row of the visible cursor, or nil for none.
  public var cursor: Point?

  public struct Point: Hashable, Sendable {
    public let column: Int
    public let row: Int

    public init(column: Int, row: Int) {
      self.column = column
      self.row = row
    }
  }

  public init(size: Size) {
    self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
    cells = [Cell](repeating: .blank, count: max(0, size.columns) * max(0, size.rows))
  }

  public subscript(column: Int, row: Int) -> Cell { cells[row * size.columns + column] }

  /// The text of a row without trailing blanks.
  public func text(row: Int) -> String {
    var out = String.UnicodeScalarView()
    for column in 0..<size.columns {
      let cell = self[column, row]
      for value in [cell.scalar, cell.mark1, cell.mark2] where value != 0 {
        if let scalar = Unicode.Scalar(value) { out.append(scalar) }
      }
    }
    var string = String(out)
    while string.last == " " { string.removeLast() }
    return string
  }

  /// All rows, joined by newlines.
  public var text: String { (0..<size.rows).map { text(row: $0) }.joined(separator: "\n") }
}
