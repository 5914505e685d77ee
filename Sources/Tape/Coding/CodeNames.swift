/// Numbers for the names of fields, the same for a whole tape.
struct CodeNames: Sendable {
  /// Added to each number where it is written.
  static let first: UInt64 = 16

  private(set) var list: [String]
  private var numbers: [String: Int]
  /// Names from here on are not on the tape yet.
  var written: Int

  init(_ list: [String] = []) {
    self.list = list
    numbers = Dictionary(list.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    written = list.count
  }

  mutating func number(of name: String) -> Int {
    if let known = numbers[name] { return known }
    numbers[name] = list.count
    list.append(name)
    return list.count - 1
  }

  func known(_ name: String) -> Int? { numbers[name] }
}
