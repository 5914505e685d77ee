import OpsModel

/// gunicorn: one server by its control socket, or all of this machine by their heartbeats.
actor GunicornConnector: Connector {
  static let kind = ConnectorKind(
    name: "gunicorn", title: "gunicorn", facets: [.runtimes], needsURL: false, settings: [],
    check: { (url) throws(Failure) in _ = try socket(url) },
    make: { (settings, clock) throws(Failure) in
      GunicornConnector(name: settings.name, socket: settings.url.isEmpty ? nil : try socket(settings.url), clock: clock)
    })

  private static func socket(_ url: String) throws(Failure) -> String {
    guard let path = try HTTPAddress(url: url).socket else {
      throw .settings("the control socket of gunicorn is a file: unix:///path/gunicorn.ctl")
    }
    return path
  }

  private let name: SafeText
  private let control: GunicornControl?
  private let clock: any OpsClock
  private var processes = GunicornProcesses()
  private var config: [String: JSONScan.Slice]?

  init(name: SafeText, socket: String?, clock: any OpsClock) {
    self.name = name
    self.clock = clock
    control = socket.map { GunicornControl(path: $0) }
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    var masters: [GunicornMaster]
    if let control { masters = [try await ask(control)] } else { masters = processes.masters(at: began) }
    for index in masters.indices where masters[index].isSync {
      for place in masters[index].workers.indices {
        masters[index].workers[place].isBusy = processes.isBusy(masters[index].workers[place].pid)
      }
    }
    let now = clock.now()
    var observation = Observation(source: name, at: now, took: now.age(since: began), facets: [.runtimes])
    let isOne = control != nil || masters.count == 1
    observation.runtimes = masters.map { $0.state(name, name: isOne ? name : "gunicorn", now: now) }
    observation.notices = masters.flatMap(\.notices)
    if masters.isEmpty { observation.notices.append(Notice(.ok, "no gunicorn runs on this machine")) }
    return observation
  }

  private func ask(_ control: GunicornControl) async throws(Failure) -> GunicornMaster {
    let stats = try await control.show(.stats)
    guard let pid = JSONScan.number(stats["pid"]).map({ Int32(clamping: Int(clamped: $0)) }) else {
      throw .garbage("an answer without the pid of the server")
    }
    if config == nil { config = try await control.show(.config) }
    let list = try await control.show(.workers)["workers"].flatMap { JSONScan.array($0) } ?? []
    let workers = list.prefix(1024).compactMap { slice -> GunicornMaster.Worker? in
      guard let fields = JSONScan.object(slice), let pid = JSONScan.number(fields["pid"]) else { return nil }
      return GunicornMaster.Worker(pid: Int32(clamping: Int(clamped: pid)), beat: JSONScan.number(fields["last_heartbeat"]))
    }
    var master = GunicornMaster(pid: pid, workers: workers)
    master.timeout = JSONScan.number(config?["timeout"])
    master.workerClass = JSONScan.string(config?["worker_class"]).map { String(decoding: $0, as: UTF8.self) }
    master.target = JSONScan.number(stats["workers_target"]).map { Int(clamped: $0) }
    master.uptime = JSONScan.number(stats["uptime"])
    return master
  }

  func knock() async -> Bool {
    guard let control else { return true }
    return (try? await control.show(.stats)) != nil
  }

  func close() async {}
}
