import OpsModel
import Synchronization

/// What runs on this machine beside databases: the machine itself always, and what else there is to ask of its runtimes.
final class HostDiscovery: Sendable {
  private let clock: any OpsClock
  /// Kept from look to look: what a process is need not be found out again.
  private let known = Mutex((root: ProcRoot(), table: ProcessTable()))

  init(clock: any OpsClock) { self.clock = clock }

  func run() -> Discovery.Found {
    var found = Discovery.Found()
    guard FileFacts.exists("/proc/stat") else {
      found.notices.append(Notice(.ok, "this machine's processes: there is no /proc"))
      return found
    }
    add(SourceSettings(name: "here", kind: "host", url: ""), "this machine", &found)
    known.withLock { known in
      known.table.poll(&known.root, at: clock.now().steady)
      look(known.table, &known.root, &found)
    }
    return found
  }

  private func look(_ table: ProcessTable, _ root: inout ProcRoot, _ found: inout Discovery.Found) {
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
  }

  private func add(_ source: SourceSettings, _ origin: SafeText, _ found: inout Discovery.Found) {
    found.sources.append(source)
    found.origins.append(origin)
  }
}
