import OpsModel

/// A machine by its own kernel: processes of known runtimes, pressure, control groups. Reads files only, needs no privilege; what may not
/// be read of other accounts is left out.
actor HostConnector: Connector {
  static let kind = ConnectorKind(
    name: "host", title: "This machine", facets: [.runtimes], needsURL: false,
    settings: [SettingKey("root", .file, "folder where the machine's / is mounted, such as /host; default is this machine")],
    check: { _ in },
    make: { (settings, clock) throws(Failure) in
      HostConnector(name: settings.name, prefix: settings.texts["root"] ?? "", isEager: settings.isEager, clock: clock)
    })

  private let name: SafeText
  private let clock: any OpsClock
  private var reader: HostReader
  private var hasLooked = false
  private let isEager: Bool

  init(name: SafeText, prefix: String, isEager: Bool = false, clock: any OpsClock) {
    self.name = name
    self.clock = clock
    self.isEager = isEager
    reader = HostReader(source: name, prefix: prefix)
  }

  func observe() async throws(Failure) -> Observation {
    let began = clock.now()
    if !hasLooked {
      hasLooked = true
      // Shares of time need two looks. The first screen, and a script, would show none of them.
      _ = try reader.poll(at: began.steady)
      try? await Task.sleep(for: .milliseconds(isEager ? 500 : 250))
    }
    let now = clock.now()
    let found = try reader.poll(at: now.steady)
    var observation = Observation(source: name, at: clock.now(), took: clock.now().age(since: began), facets: [.runtimes])
    observation.runtimes = found.runtimes
    observation.host = found.host
    observation.notices = HostNotices.of(found.host, found.runtimes)
    return observation
  }

  func knock() async -> Bool { true }

  func close() async {}
}
