/// How characters are spelled by the tools that print them: for each a small automaton over bytes, shared by all its places.
///
/// A node is a list of edges. `finish` is the end of a character's spelling.
struct SpellingTable {
  struct Edge {
    let byte: UInt8
    let target: Int
  }

  /// Where a character begins: at the head of a secret, behind its head, and far enough in it that a line may break.
  struct Start {
    let first: Int
    let next: Int
    let late: Int
    /// Another spelling may be laid over it from its first byte on.
    var isLayered = false
  }

  /// The target of an edge that ends a character.
  static let finish = -1

  private(set) var nodes: [[Edge]] = []

  // MARK: Building

  mutating func node() -> Int {
    nodes.append([])
    return nodes.count - 1
  }

  /// A node that can do all that another one can.
  mutating func copy(_ node: Int) -> Int {
    nodes.append(nodes[node])
    return nodes.count - 1
  }

  mutating func edge(_ from: Int, _ bytes: some Sequence<UInt8>, _ target: Int) {
    for byte in bytes { nodes[from].append(Edge(byte: byte, target: target)) }
  }

  mutating func edge(_ from: Int, _ letters: String, _ target: Int) { edge(from, letters.utf8, target) }

  /// A row of choices, one for each byte.
  mutating func chain(_ from: Int, _ choices: [[UInt8]], _ target: Int = finish) {
    var here = from
    for (place, choice) in choices.enumerated() {
      let there = place == choices.count - 1 ? target : node()
      edge(here, choice, there)
      here = there
    }
  }

  mutating func chain(_ from: Int, _ text: String, _ target: Int = finish) { chain(from, text.utf8.map { [$0] }, target) }

  /// Hexadecimal digits, small or large.
  static func hex(_ number: UInt32, digits: Int) -> [[UInt8]] {
    let text = String(number, radix: 16)
    return (String(repeating: "0", count: max(0, digits - text.count)) + text).map { digit in
      Array(Set(digit.lowercased().utf8).union(digit.uppercased().utf8))
    }
  }
}
