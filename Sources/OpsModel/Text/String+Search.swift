extension StringProtocol {
  /// Where a text stands first; the standard library alone has no search for more than one character.
  public func range(of needle: String) -> (lower: Index, upper: Index)? {
    let units = utf8
    let wanted = Array(needle.utf8)
    guard let first = wanted.first else { return nil }
    var start = units.startIndex
    while let found = units[start...].firstIndex(of: first) {
      if units[found...].starts(with: wanted) { return (found, units.index(found, offsetBy: wanted.count)) }
      start = units.index(after: found)
    }
    return nil
  }
}
