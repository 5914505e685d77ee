import Console
import Gate
import OpsModel
import Runbooks

/// The items that a bulk step is meant for, as texts that a plan and a journal can hold: set, key, version and place.
enum FrozenTargets {
  static let most = 50_000

  /// What was chosen, and how many were meant: more than were chosen where the bound cut them.
  struct Chosen {
    var items: [String]
    var meant: Int

    init(_ items: [String], meant: Int? = nil) {
      self.items = items
      self.meant = meant ?? items.count
    }
  }

  static func text(_ target: Target) -> String {
    let scope = Base64Text.encode(target.scope)
    let key = Base64Text.encode(target.key)
    return "\(scope) \(key) \(String(target.version.value, radix: 16)) \(String(target.position.bitPattern, radix: 16))"
  }

  static func target(_ text: String) -> Target? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 4, let scope = Base64Text.decode(parts[0].utf8), let key = Base64Text.decode(parts[1].utf8),
      let version = UInt64(parts[2], radix: 16), let position = UInt64(parts[3], radix: 16)
    else { return nil }
    return Target(scope: scope, key: key, version: Version(version), position: Double(bitPattern: position))
  }

  /// - Throws: `Failure`.
  static func select(_ queue: ResolvedQueue, _ places: StepPlaces, _ gate: Gate, now: Double) async throws(Failure) -> Chosen {
    switch queue.name {
    case .retry, .discard, .count: return try await letters(queue, places, now)
    default: return Chosen(try await named(queue, places, gate, now))
    }
  }

  private static func named(_ queue: ResolvedQueue, _ places: StepPlaces, _ gate: Gate, _ now: Double) async throws(Failure) -> [String] {
    switch queue.name {
    case .retry, .discard, .count: return []
    case .recover: return try await orphans(queue, places, gate, now)
    case .cancel, .terminate:
      return try (queue.ids ?? []).map { (word) throws(Failure) in
        guard let target = SessionTarget(word: word)?.target else {
          throw .declined(.noSession(SafeText(escaping: word, limit: 80)))
        }
        return text(target)
      }
    case .silence, .endSilence: return (queue.ids ?? []).map { text(Target(scope: [], key: Array($0.utf8), version: Version(0))) }
    case .quiet, .stop, .grow, .shrink, .shutdown, .stopJob:
      return try await workers(queue, places)
    case .suspend, .resume, .revoke, .status, .stats: return []
    }
  }

  /// Workers by name; without names all of them, where the verb is meant for all.
  private static func workers(_ queue: ResolvedQueue, _ places: StepPlaces) async throws(Failure) -> [String] {
    guard let names = queue.ids else { return [] }
    let connector = try await places.connector(queue.connection)
    defer { Task { await connector.close() } }
    let known = try await connector.observe().workers
    return try names.map { (name) throws(Failure) in
      guard let worker = known.first(where: { $0.name.text == SafeText(escaping: name).text || $0.id.key == Array(name.utf8) }) else {
        throw .declined(.noWorker(SafeText(escaping: name, limit: 80), of: queue.connection.shown))
      }
      let version = queue.name == .stopJob ? Version(of: worker.currentID ?? []) : Version(0)
      return text(Target(scope: [], key: worker.id.key, version: version))
    }
  }

  private static func letters(_ queue: ResolvedQueue, _ places: StepPlaces, _ now: Double) async throws(Failure) -> Chosen {
    let connector = try await places.connector(queue.connection)
    defer { Task { await connector.close() } }
    guard let store = connector as? any DeadLetterStore else { throw .settings("\(queue.connection.shown) has no dead letters") }
    let selection = DeadSelection(queues: queue.source.map { [SafeText(escaping: $0, limit: 200)] } ?? [])
    var found = OldestFirst(limit: min(queue.most ?? most, most), isSorted: queue.isOldestFirst)
    let isCount = queue.name == .count
    let scopes = try await selection.scopes(of: store).map(\.key)
    _ = try await DeadLetterWalk(store: store, scopes: scopes).run { letters, _ in
      for letter in letters where selection.holds(letter, now: now) && isMeant(letter, queue, now) {
        found.add(letter.failedAt ?? 0) { text(letter.target) }
      }
      // The oldest are found last, and a number is that of all of them: nothing is left out before all were seen.
      return queue.isOldestFirst || isCount || found.meant <= found.limit
    }
    return Chosen(found.items, meant: found.meant)
  }

  private static func orphans(_ queue: ResolvedQueue, _ places: StepPlaces, _ gate: Gate, _ now: Double) async throws(Failure) -> [String] {
    let source = try places.source(queue.connection)
    var letters: [DeadLetter]
    do throws(GateRefusal) { letters = try await gate.orphans(of: source.name, limit: 10_000) ?? [] } catch {
      throw error.failure
    }
    if letters.isEmpty {
      let connector = try await places.connector(queue.connection)
      defer { Task { await connector.close() } }
      letters = try await (connector as? any OrphanFinder)?.orphans(limit: 10_000) ?? []
    }
    return letters.filter { $0.whyNot == nil && isMeant($0, queue, now) }.prefix(max(0, queue.most ?? most)).map { text($0.target) }
  }

  private static func isMeant(_ letter: DeadLetter, _ queue: ResolvedQueue, _ now: Double) -> Bool {
    if let source = queue.source, letter.queue.text != SafeText(escaping: source, limit: 200).text { return false }
    if let ids = queue.ids, !ids.contains(letter.name.text) { return false }
    if let task = queue.task, letter.task?.text != SafeText(escaping: task, limit: 400).text { return false }
    if let older = queue.olderThan, now - (letter.failedAt ?? now) < older { return false }
    guard let part = queue.errorContains else { return true }
    return "\(letter.errorType?.text ?? ""): \(letter.message?.text ?? "")".range(of: SafeText(escaping: part, limit: 400).text) != nil
  }
}
