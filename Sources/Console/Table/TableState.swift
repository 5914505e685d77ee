public import OpsModel

/// What the operator did to a table: where the cursor is (an identity, never a row number), order and filter.
public struct TableState: Equatable, Sendable {
  public var cursor: ResourceID?
  /// First row shown.
  public var top = 0
  public var sort: SortOrder?
  public var filterText = ""
  public var filter = Filter.all
  /// Which of several views of the same rows is shown, where a panel offers them: a window of time.
  public var mode = 0
  /// Rows that an action is meant for.
  public var marks: Set<ResourceID> = []

  public init(cursor: ResourceID? = nil) { self.cursor = cursor }
}

/// A column and a direction.
public struct SortOrder: Equatable, Sendable {
  public let column: String
  public var isDescending: Bool

  public init(_ column: String, descending: Bool) {
    self.column = column
    isDescending = descending
  }
}
