/// Columns that text takes, by one pinned table. See `WidthTable`.
public enum TextWidth {
  /// 0 for combining marks, 2 for wide scalars, else 1.
  public static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    if contains(WidthTable.zero, value) { return 0 }
    if value < 0x1100 { return 1 }
    return contains(WidthTable.wide, value) ? 2 : 1
  }

  public static func of(_ text: String) -> Int {
    var isASCII = true
    var count = 0
    for byte in text.utf8 {
      count += 1
      if byte >= 0x80 { isASCII = false }
    }
    if isASCII { return count }
    return text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  private static func contains(_ ranges: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
    var low = 0
    var high = ranges.count - 1
    while low <= high {
      let middle = (low + high) / 2
      if value < ranges[middle].lowerBound {
        high = middle - 1
      } else if value > ranges[middle].upperBound {
        low = middle + 1
      } else {
        return true
      }
    }
    return false
  }
}
