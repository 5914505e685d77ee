import OpsModel

/// The items of all bulk steps of a plan. One that several steps are meant for, such as a first few and then the rest, counts once.
struct FrozenItems {
  private(set) var byStep: [String: [String]] = [:]
  private var known: Set<String> = []

  /// Different items of the whole plan: what is typed to confirm it.
  var count: Int { known.count }

  /// - Parameters:
  ///   - items: as `FrozenTargets` writes them.
  ///   - path: of the step.
  ///   - source: where they are: the same name means another item elsewhere.
  /// - Returns: how many of them an earlier step has already.
  mutating func add(_ items: [String], _ path: String, _ source: SafeText) -> Int {
    byStep[path] = items
    let before = known.count
    known.formUnion(items.map { "\(source.text) \(Self.name($0))" })
    return items.count - (known.count - before)
  }

  /// Set and key: a version and a place tell when it was seen, and not what it is.
  private static func name(_ item: String) -> String {
    item.split(separator: " ", omittingEmptySubsequences: false).prefix(2).joined(separator: " ")
  }
}
