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
  }

  private typealias Word = [SpellingTable.Start]

  /// Characters at the head of a secret between which no line may break: otherwise a line that ends like a secret begins waits for the
  /// next one.
  private static let head = 4
  /// Bytes of one character's spelling, signs around it included: `%252525…` ends somewhere.
  private static let widest = 24

  private let table: SpellingTable
  private let words: [[SpellingTable.Start]]
  /// What follows from each first byte.
  private let begins: [[State]]
  private let limit: Int
  /// Pairs of bytes with which a spelling begins, by `first * 256 + second`: nearly all text is passed over by one look.
  private let pairs: [Bool]

  var isEmpty: Bool { words.isEmpty }

  init(_ secrets: [[UInt8]]) {
    var builder = SpellingBuilder()
    for secret in secrets { builder.add(secret) }
    (table, words) = (builder.table, builder.words)
    limit = (words.map(\.count).max() ?? 0) * Self.widest
    var begins = [[State]](repeating: [], count: 256)
    for (index, word) in words.enumerated() {
      for edge in table.nodes[word[0].first] {
        begins[Int(edge.byte)].append(Self.state(index, 0, edge.target, word))
      }
    }
    self.begins = begins
    var pairs = [Bool](repeating: false, count: 65_536)
    for first in 0..<256 {
      for state in begins[first] {
        for edge in table.nodes[state.node] { pairs[first << 8 | Int(edge.byte)] = true }
      }
    }
    self.pairs = pairs
  }

  /// - Parameter second: nil where it is not known yet.
  func mayBegin(with first: UInt8, _ second: UInt8?) -> Bool {
    second.map { pairs[Int(first) << 8 | Int($0)] } ?? !begins[Int(first)].isEmpty
  }

  /// Looks for a secret at the head of these bytes.
  func match(_ bytes: ArraySlice<UInt8>) -> Found {
    var found = Found()
    guard let first = bytes.first else { return found }
    var states = begins[Int(first)]
    var read = 1
    for byte in bytes.dropFirst() {
      guard !states.isEmpty, read < limit else { return found }
      states = step(states, byte)
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

  private func step(_ states: [State], _ byte: UInt8) -> [State] {
    var out: [State] = []
    for state in states {
      for edge in table.nodes[state.node] where edge.byte == byte {
        let next = Self.state(state.word, state.place, edge.target, words[state.word])
        if !out.contains(next) { out.append(next) }
      }
    }
    return out
  }

  private static func state(_ index: Int, _ place: Int, _ target: Int, _ word: Word) -> State {
    guard target == SpellingTable.finish else { return State(word: index, place: place, node: target) }
    let next = place + 1
    guard next < word.count else { return State(word: index, place: next, node: 0) }
    return State(word: index, place: next, node: next < head ? word[next].next : word[next].late)
  }
}
