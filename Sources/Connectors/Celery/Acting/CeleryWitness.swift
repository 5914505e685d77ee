import OpsModel

/// Who may hold messages of a broker without listening for remote control: workers whose heartbeats are heard, and connections that wait for
/// tasks. Their word is missing where only those are asked that answer.
struct CeleryWitness: Sendable {
  /// Seconds to listen for heartbeats, which come every two.
  static let patience = 4.5

  /// Nodes whose heartbeat was heard.
  let heard: Set<[UInt8]>
  /// Connections that wait for a task on this database; nil where this account may not ask.
  let waiting: Int?

  static func listen(
    _ settings: SourceSettings, _ keys: CeleryKeys, _ client: RedisClient, _ clock: any OpsClock
  ) async throws(Failure) -> CeleryWitness {
    let workers = HeardWorkers(clock: clock)
    let ears = try RedisSource.client(settings, clock, pattern: { keys.workerEvents(database: $0) }, onPush: { workers.take($0.payload) })
    do throws(Failure) { _ = try await ears.run([RedisCommand(.ping)]) } catch {
      await ears.close()
      throw error
    }
    let deafness = await ears.deafness
    if deafness == nil { try? await Task.sleep(for: .seconds(patience)) }
    await ears.close()
    let clients = try await client.run([RedisCommand(.client, texts: "LIST")])[0]
    let waiting = clients.bytes.map { Self.waiting(in: $0, database: client.address.database) }
    if deafness != nil && waiting == nil {
      throw .permission(
        what: "finding out which workers live",
        grant: "this account may neither hear their heartbeats nor ask who is connected: +psubscribe or +client|list")
    }
    return CeleryWitness(heard: workers.aliveNodes(at: clock.now()), waiting: waiting)
  }

  /// Connections of a database whose last command is a blocking pop.
  static func waiting(in list: [UInt8], database: Int) -> Int {
    list.split(separator: 0x0A).filter { line in
      let words = line.split(separator: 0x20)
      return words.contains(ArraySlice("db=\(database)".utf8)) && words.contains(ArraySlice("cmd=brpop".utf8))
    }.count
  }

  /// Why the answers of some nodes are not all there is; nil where they are.
  func objection(to answered: Set<[UInt8]>, listeners: Int) -> SafeText? {
    let silent = heard.subtracting(answered).sorted { $0.lexicographicallyPrecedes($1) }
    if let first = silent.first {
      let more: SafeText = silent.count > 1 ? " and \(silent.count - 1) more" : ""
      return "\(SafeText(bytes: first, limit: 80))\(more) lives and did not say what it has: it may have any of them"
    }
    if let waiting, waiting > listeners {
      return
        "\(Units.count(waiting, "connection")) wait for tasks on this database and \(Units.count(listeners, "worker")) answered: one without remote control may have any of them"
    }
    if waiting == nil && listeners == 0 {
      return
        "no worker answers, and this account may not ask who is connected (+client|list): a worker without remote control may have any of them"
    }
    return nil
  }
}
