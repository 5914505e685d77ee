import Console
import OpsModel

/// What else is known of a process, elsewhere on the console.
enum RuntimeLinks {
  /// The queue worker that it is, by pid and host.
  static func worker(of process: ProcessView, _ view: StoreView) -> WorkerState? {
    guard let pid = process.state.pid else { return nil }
    return view.rows(\.workers).map(\.row).first { worker in
      guard worker.pid == pid else { return false }
      guard let host = worker.host, let own = process.state.host else { return false }
      return host == own || short(host) == short(own)
    }
  }

  private static func short(_ host: SafeText) -> Substring { host.text.prefix { $0 != "." } }

  static func host(of process: ProcessView, _ view: StoreView) -> HostState? {
    view.sources.compactMap(\.reading.value?.host).first { $0.name == process.state.host }
  }
}
