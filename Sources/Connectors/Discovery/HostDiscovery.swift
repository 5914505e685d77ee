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
    var root = ProcRoot()
    var table = ProcessTable()
    table.poll(&root, at: clock.now().steady)
    let languages = Set(table.entries.values.map(\.kind.language))
    for (language, kind) in [(Language.jvm, "jvm"), (.node, "node")] where languages.contains(language) {
      add(SourceSettings(name: SafeText(escaping: kind), kind: kind, url: ""), "this machine", &found)
    }
    if table.entries.values.contains(where: { $0.kind.name.text.hasPrefix("gunicorn") }) {
      add(SourceSettings(name: "gunicorn", kind: "gunicorn", url: ""), "this machine", &found)
    }
    for server in UwsgiDiscovery.addresses(table, &root) {
      add(SourceSettings(name: "uwsgi", kind: "uwsgi", url: server), "the arguments of uWSGI", &found)
    }
    return found
  }

  private func add(_ source: SourceSettings, _ origin: SafeText, _ found: inout Discovery.Found) {
    found.sources.append(source)
    found.origins.append(origin)
  }
}
