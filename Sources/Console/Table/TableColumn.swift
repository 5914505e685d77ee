public import Canvas
public import OpsModel

/// One column: how wide, how it sorts and filters, how a cell looks.
public struct TableColumn<Row: Sendable>: Sendable {
  /// Also the name in filters.
  public let id: String
  public let title: SafeText
  public let width: Int
  public let maximum: Int
  /// Lower is kept longer on a narrow screen.
  public let priority: Int
  public let align: Canvas.Alignment
  public let shape: FilterField.Shape
  /// Other names in filters, such as the heading.
  public let aliases: [String]
  public let value: @Sendable (Row, PanelContext) -> FilterValue
  /// What the column sorts by, where that is not its value.
  public let rank: (@Sendable (Row, PanelContext) -> FilterValue)?
  /// The cell for a width in columns.
  public let cell: @Sendable (Row, PanelContext, Int) -> TableCell

  public init(
    _ id: String, _ title: SafeText, width: Int, maximum: Int? = nil, priority: Int, align: Canvas.Alignment = .left,
    shape: FilterField.Shape, aliases: [String] = [], value: @escaping @Sendable (Row, PanelContext) -> FilterValue,
    rank: (@Sendable (Row, PanelContext) -> FilterValue)? = nil,
    cell: @escaping @Sendable (Row, PanelContext, Int) -> TableCell
  ) {
    self.id = id
    self.title = title
    self.width = width
    self.maximum = maximum ?? width
    self.priority = priority
    self.align = align
    self.shape = shape
    self.aliases = aliases
    self.value = value
    self.rank = rank
    self.cell = cell
  }
}

/// What stands in a cell: text, or a sparkline.
public struct TableCell: Sendable {
  public let text: SafeText
  public let style: Style
  public let line: [Double?]?
  /// Columns of the line in which something happened.
  public var pins: Set<Int> = []

  public init(_ text: SafeText, _ style: Style = .plain) {
    self.text = text
    self.style = style
    line = nil
  }

  public init(line: [Double?], pins: Set<Int> = [], _ style: Style = Style(.graph)) {
    self.pins = pins
    text = ""
    self.style = style
    self.line = line
  }

  /// Not known. Never drawn as zero.
  public static let unknown = TableCell("—")
}
