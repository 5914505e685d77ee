import OpsModel

/// Whose the listening sockets are. Descriptors of another account's processes may not be read: what waits there is told without an owner.
struct ListenerFinder {
  /// Seconds between two searches for owners.
  private static let interval = 10.0
  /// Descriptors looked at of one process.
  private static let most = 1024

  private var owners: [Int: [Int32]] = [:]
  /// Nobody's, as far as was seen.
  private var given: Set<Int> = []
  private var searchedAt = -Double.infinity

  struct Found {
    /// By process.
    var listeners: [Int32: [RuntimeState.Listener]] = [:]
    /// All, with an owner where there is one.
    var all: [HostState.Listener] = []
  }

  mutating func find(_ table: ProcessTable, _ root: inout ProcRoot, at now: Double) -> Found {
    var rows: [ListenTable.Row] = []
    // Containers have sockets of their own; one process of each network tells them.
    var networks: Set<String> = []
    if let own = root.link("/proc/self/ns/net") { networks.insert(own) }
    rows += Self.rows("/proc/net", &root)
    for entry in table.entries.values.sorted(by: { $0.pid < $1.pid }) {
      guard let network = entry.network, networks.insert(network).inserted else { continue }
      rows += Self.rows("/proc/\(entry.pid)/net", &root)
    }
    // Sockets of other accounts stay without an owner: that alone is no reason to search again.
    let unowned = Set(rows.map(\.inode).filter { owners[$0] == nil })
    if !unowned.isSubset(of: given) && now - searchedAt > Self.interval {
      searchedAt = now
      search(table, Set(rows.map(\.inode)), root)
      given = Set(rows.map(\.inode).filter { owners[$0] == nil })
    }
    return found(rows, table)
  }

  private func found(_ rows: [ListenTable.Row], _ table: ProcessTable) -> Found {
    var out = Found()
    for row in rows {
      let holders = (owners[row.inode] ?? []).filter { table.entries[$0] != nil }
      let address = SafeText(escaping: row.address, limit: 60)
      // Workers hold the socket that their parent opened: it is told of the parent alone.
      let first = holders.first { holder in !holders.contains(table.stats[holder]?.parent ?? 0) }
      if let first { out.listeners[first, default: []].append(RuntimeState.Listener(address, backlog: row.backlog)) }
      out.all.append(HostState.Listener(address: address, backlog: row.backlog, pid: first.map { Int($0) }))
    }
    return out
  }

  private static func rows(_ folder: String, _ root: inout ProcRoot) -> [ListenTable.Row] {
    (root.with(folder + "/tcp") { ListenTable.rows($0) } ?? []) + (root.with(folder + "/tcp6") { ListenTable.rows($0) } ?? [])
  }

  private mutating func search(_ table: ProcessTable, _ wanted: Set<Int>, _ root: ProcRoot) {
    owners = [:]
    for entry in table.entries.values.sorted(by: { $0.pid < $1.pid }) {
      for file in root.numbers(in: "/proc/\(entry.pid)/fd", limit: Self.most) {
        guard let target = root.link("/proc/\(entry.pid)/fd/\(file)"), target.hasPrefix("socket:[") else { continue }
        guard let inode = Int(target.dropFirst(8).dropLast()), wanted.contains(inode) else { continue }
        if owners[inode]?.last != entry.pid { owners[inode, default: []].append(entry.pid) }
      }
    }
  }
}
