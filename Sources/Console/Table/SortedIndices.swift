import OpsModel

/// Sorts places and not rows: rows are large, and their type is not known here.
enum SortedIndices {
  /// The places of `keys` in order. Unknown keys come last whatever the direction; equal ones keep the order of `ids`.
  static func of(_ keys: [FilterValue], ids: [ResourceID], descending: Bool) -> [Int] {
    var places = Array(keys.indices)
    places.sort { left, right in
      comesBefore(keys[left], keys[right], descending) ?? (ids[left] < ids[right])
    }
    return places
  }

  /// Nil where both are equal.
  private static func comesBefore(_ left: FilterValue, _ right: FilterValue, _ descending: Bool) -> Bool? {
    switch (left, right) {
    case (.number(let a), .number(let b)): a == b ? nil : (a < b) != descending
    case (.text(let a), .text(let b)): a == b ? nil : (a < b) != descending
    case (.unknown, .unknown): nil
    case (.unknown, _): false
    case (_, .unknown): true
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}
