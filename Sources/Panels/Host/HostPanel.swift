import Canvas
import Console
import OpsModel

/// `6 Runtimes`, second tab: what presses on the machines that are watched: cores, memory, disks, control groups, queues of connections.
enum HostPanel: PagePanel {
  static let manifest = PanelManifest(
    id: "host", title: "Host", summary: "Pressure, memory, control groups and waiting connections of the machines.", digit: 6,
    group: "runtimes",
    tab: "Host")

  static var facet: Facet? { .runtimes }

  static func selection(_ state: PageState, _ context: PanelContext) -> SafeText? {
    context.view.sources.compactMap(\.reading.value?.host?.name).first
  }

  static func lines(_ context: PanelContext) -> [HeadLine] {
    let sources = context.view.sources.filter { $0.reading.value?.host != nil }
    guard !sources.isEmpty else { return [HeadLine("no machine is watched: add a source, {name: here, kind: host}", .faint)] }
    return sources.flatMap { source -> [HeadLine] in
      guard let host = source.reading.value?.host else { return [] }
      var out: [HeadLine] = []
      if let trouble = source.trouble(at: context.now) { out.append(HeadLine("\(source.name): \(trouble)", .warning)) }
      let known =
        (source.reading.value?.notices ?? []).map { HeadLine(source.name, $0) }
        + HostLines(host: host, processes: context.view.processes, columns: context.size.columns).all
      return out + known.map { $0.dimmed(ifStale: source, context.now) }
    }
  }
}
