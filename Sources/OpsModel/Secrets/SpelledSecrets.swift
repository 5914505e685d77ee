/// Secrets in all their spellings, as one automaton over bytes.
struct SpelledSecrets: Sendable {
  struct Found {
    /// Bytes of the longest secret that stands here; 0 where none does.
    var length = 0
    /// More bytes could make it one, or a longer one.
    var isOpen = false
    /// Characters of a secret that were read until the bytes ended.
    var characters = 0
  }

  private struct State: Hashable {
    let word: Int
    /// Characters that are behind it.
    let place: Int
    let node: Int
    /// Where it is in what stands between two bytes of it, or is laid over them.
    var layer = SpelledSecrets.none
  }

  private typealias Word = [SpellingTable.Start]

  private static let none = -1
  private static let layers = SpellingLayers()
  /// Characters at the head of a secret between which no line may break: otherwise a line that ends like a secret begins waits for the
  /// next one. A line that is nothing but this beginning does wait: programs print a character or a byte a line.
  private static let head = 4
  /// Bytes of one character's spelling, signs around it included: `%252525…` ends somewhere.
  private static let widest = 24
  /// Bytes for what may stand between them, such as an address that a terminal makes a link of.
  private static let between = 512

  private let table: SpellingTable
  private let words: [[SpellingTable.Start]]
  /// What follows from each first byte: within a line, and at its beginning.
  private let begins: [[State]]
  private let lineBegins: [[State]]
  private let limit: Int
  /// Pairs of bytes with which a spelling begins, by `first * 256 + second`: nearly all text is passed over by one look.
  private let pairs: [Bool]

  var isEmpty: Bool { words.isEmpty }

  init(_ secrets: [[UInt8]]) {
    var builder = SpellingBuilder()
    for secret in secrets { builder.add(secret) }
    (table, words) = (builder.table, builder.words)
    limit = (words.map(\.count).max() ?? 0) * Self.widest + Self.between
    begins = Self.begins(table, words, head: Self.head)
    lineBegins = Self.begins(table, words, head: 0)
    var pairs = [Bool](repeating: false, count: 65_536)
    for first in 0..<256 where !begins[first].isEmpty {
      for state in begins[first] + lineBegins[first] {
        let edges = state.layer == Self.none ? table.nodes[state.node] : Self.layers.table.nodes[state.layer]
        for edge in edges { pairs[first << 8 | Int(edge.byte)] = true }
      }
      for second in 0..<256 where Self.layers.begins[second] { pairs[first << 8 | second] = true }
    }
    self.pairs = pairs
  }

  private static func begins(_ table: SpellingTable, _ words: [Word], head: Int) -> [[State]] {
    var out = [[State]](repeating: [], count: 256)
    for (index, word) in words.enumerated() {
      for edge in table.nodes[word[0].first] {
        let state = Self.state(index, 0, edge.target, word, head)
        if !out[Int(edge.byte)].contains(state) { out[Int(edge.byte)].append(state) }
      }
      guard word[0].isLayered else { continue }
      for edge in layers.table.nodes[layers.over] {
        out[Int(edge.byte)].append(State(word: index, place: 0, node: word[0].first, layer: edge.target))
      }
    }
    return out
  }

  /// - Parameter second: nil where it is not known yet.
  func mayBegin(with first: UInt8, _ second: UInt8?) -> Bool {
    second.map { pairs[Int(first) << 8 | Int($0)] } ?? !begins[Int(first)].isEmpty
  }

  /// Looks for a secret at the head of these bytes.
  /// - Parameter isLine: they begin a line.
  func match(_ bytes: ArraySlice<UInt8>, isLine: Bool) -> Found {
    var found = Found()
    guard let first = bytes.first else { return found }
    var states = (isLine ? lineBegins : begins)[Int(first)]
    let head = isLine ? 0 : Self.head
    var read = 1
    for byte in bytes.dropFirst() {
      guard !states.isEmpty, read < limit else { return found }
      states = step(states, byte, head)
      read += 1
      if let whole = states.firstIndex(where: { $0.place == words[$0.word].count }) {
        found.length = read
        states.remove(at: whole)
        states.removeAll { $0.place == words[$0.word].count }
      }
    }
    found.isOpen = !states.isEmpty && read < limit
    found.characters = states.map(\.place).max() ?? 0
    return found
  }

  private func step(_ states: [State], _ byte: UInt8, _ head: Int) -> [State] {
    var out: [State] = []
    let isLayered = Self.layers.begins[Int(byte)]
    for state in states {
      if state.layer == Self.none { advance(state, byte, head, &out) }
      guard isLayered || state.layer != Self.none else { continue }
      let layer = state.layer == Self.none ? Self.layers.root : state.layer
      for edge in Self.layers.table.nodes[layer] where edge.byte == byte {
        var next = state
        next.layer = edge.target < 0 ? Self.none : edge.target
        if let byte = SpellingLayers.byte(of: edge.target) {
          advance(next, byte, head, &out)
        } else if !out.contains(next) {
          out.append(next)
        }
      }
    }
    return out
  }

  private func advance(_ state: State, _ byte: UInt8, _ head: Int, _ out: inout [State]) {
    for edge in table.nodes[state.node] where edge.byte == byte {
      let next = Self.state(state.word, state.place, edge.target, words[state.word], head)
      if !out.contains(next) { out.append(next) }
    }
  }

  private static func state(_ index: Int, _ place: Int, _ target: Int, _ word: Word, _ head: Int) -> State {
    guard target == SpellingTable.finish else { return State(word: index, place: place, node: target) }
    let next = place + 1
    guard next < word.count else { return State(word: index, place: next, node: 0) }
    return State(word: index, place: next, node: next < head ? word[next].next : word[next].late)
  }
}
