import OpsModel

/// What runs on this machine beside databases: the machine itself always, and what else there is to ask of its runtimes.
struct HostDiscovery: Sendable {
  let clock: any OpsClock

  func run() -> Discovery.Found {
    var found = Discovery.Found()
    guard FileFacts.exists("/proc/stat") else {
      found.notices.append(Notice(.ok, "this machine's processes: there is no /proc"))
      return found
    }
    add(SourceSettings(name: "here", kind: "host", url: ""), "this machine", &found)
    return found
  }

  private func add(_ source: SourceSettings, _ origin: SafeText, _ found: inout Discovery.Found) {
    found.sources.append(source)
    found.origins.append(origin)
  }
}
