/// Frozen targets, packed: a million of them take some sixty bytes each.
public struct TargetList: Sendable, Equatable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var versions: [UInt64] = []
  private var positions: [Double] = []
  private var scopeOf: [UInt16] = []
  public private(set) var scopes: [[UInt8]] = []

  public init() {}

  public init(_ targets: some Sequence<Target>) { for target in targets { append(target) } }

  public var count: Int { ends.count }
  public var isEmpty: Bool { ends.isEmpty }

  public mutating func append(_ target: Target) {
    if scopes.last != target.scope && !scopes.contains(target.scope) { scopes.append(target.scope) }
    let scope = scopes.last == target.scope ? scopes.count - 1 : scopes.firstIndex(of: target.scope) ?? 0
    bytes += target.key
    ends.append(bytes.count)
    versions.append(target.version.value)
    positions.append(target.position)
    scopeOf.append(UInt16(truncatingIfNeeded: scope))
  }

  public subscript(index: Int) -> Target {
    Target(
      scope: scopes[Int(scopeOf[index])], key: Array(bytes[start(index)..<ends[index]]), version: Version(versions[index]),
      position: positions[index])
  }

  public subscript(range: Range<Int>) -> [Target] { range.map { self[$0] } }

  /// Feeds every byte that tells these targets from others, in order.
  public func digest(into feed: ([UInt8]) -> Void) {
    for scope in scopes { feed(scope + [0]) }
    for index in 0..<count {
      feed(Array(bytes[start(index)..<ends[index]]))
      feed(withUnsafeBytes(of: versions[index].littleEndian) { Array($0) })
    }
  }

  private func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index - 1] }
}
