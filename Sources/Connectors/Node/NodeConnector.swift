import Gate
import OpsModel

/// The Node processes of this machine: by what the kernel tells, and on demand, through the gate, by their inspector.
actor NodeConnector: Connector {
  static let kind = ConnectorKind(
    name: "node", title: "Node processes of this machine", facets: [.runtimes], needsURL: false, settings: [], check: { _ in },
    make: { (settings, clock) throws(Failure) in NodeConnector(name: settings.name, isEager: settings.isEager, clock: clock) })

  static let actuator = ActuatorKind([.inspectNode]) { (_, _, clock) throws(Failure) in NodeActuator(clock: clock) }

  private let name: SafeText
  private let clock: any OpsClock
  private let isEager: Bool
  private var reader: HostReader
  private var hasLooked = false

  init(name: SafeText, isEager: Bool, clock: any OpsClock) {
    self.name = name
    self.isEager = isEager
    self.clock = clock
    reader = HostReader(source: name, prefix: "", languages: [.node])
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    if !hasLooked && isEager {
      hasLooked = true
      _ = try reader.poll(at: began.steady)
      try? await Task.sleep(for: .milliseconds(500))
    }
    let now = clock.now()
    var observation = Observation(source: name, at: now, took: 0, facets: [.runtimes])
    observation.runtimes = try reader.poll(at: now.steady).runtimes
    observation.took = clock.now().age(since: began)
    if observation.runtimes.isEmpty { observation.notices.append(Notice(.ok, "no Node process runs on this machine")) }
    return observation
  }

  func knock() async -> Bool { true }

  func close() async {}
}
