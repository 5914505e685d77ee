import OpsModel

/// Turns the observations of one source into frames.
struct SourceStream {
  struct Frame {
    let part: TapePart
    let isKey: Bool
    let data: [UInt8]
  }

  private var queues = RowStream<QueueState>()
  private var workers = RowStream<WorkerState>()
  private var sessions = RowStream<SessionState>()
  private var runtimes = RowStream<RuntimeState>()
  private var head = ValueStream()
  private var locks = ValueStream()
  private var statements = ValueStream()
  private var health = ValueStream()
  private var host = ValueStream()
  private var alerts = ValueStream()
  /// When the statements were last read: their log is not looked at again before.
  private var statementsAt: Moment?

  /// - Parameter isWhole: all rows are to be written, whatever changed.
  mutating func frames(_ observation: Observation, _ encoder: TapeEncoder, isWhole: Bool = false) throws -> [Frame] {
    var out: [Frame] = []
    func add(_ part: TapePart, _ found: (isKey: Bool, data: [UInt8])?) {
      if let found { out.append(Frame(part: part, isKey: found.isKey, data: found.data)) }
    }
    let at = observation.at.unix
    if isWhole {
      queues.begin()
      workers.begin()
      sessions.begin()
      runtimes.begin()
    }
    add(.head, try head.next(TapeHead(observation), encoder))
    add(.queues, try queues.next(observation.queues, at: at, encoder))
    add(.workers, try workers.next(observation.workers, at: at, encoder))
    add(.sessions, try sessions.next(observation.sessions, at: at, encoder))
    add(.runtimes, try runtimes.next(observation.runtimes, at: at, encoder))
    add(.locks, try locks.next(observation.locks, encoder))
    add(.health, try health.next(observation.health, encoder))
    add(.host, try host.next(observation.host, encoder))
    if observation.facets.contains(.alerts) {
      let told = TapeAlerts(alerts: observation.alerts, silences: observation.silences, rules: observation.rules)
      add(.alerts, try alerts.next(told, encoder))
    }
    if let log = observation.statements, log.at != statementsAt {
      statementsAt = log.at
      add(.statements, try statements.next(StatementBrief(log), encoder))
    }
    return out
  }
}
