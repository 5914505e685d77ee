import OpsModel

/// What must be said of a machine beside its numbers.
enum HostNotices {
  static func of(_ host: HostState, _ runtimes: [RuntimeState]) -> [Notice] {
    var out: [Notice] = []
    if let kills = host.newOOMKills, kills > 0 {
      out.append(Notice(.critical, "\(Units.count(kills, "process")) killed for want of memory in the last 10 min"))
    }
    for group in host.groups {
      if let kills = group.newOOMKills, kills > 0 {
        out.append(Notice(.critical, "\(Units.count(kills, "process")) of \(group.path) killed for want of memory in the last 10 min"))
      }
    }
    for pressure in host.pressure {
      guard let some = pressure.some10 else { continue }
      let full = pressure.full10 ?? 0
      let name = SafeText(escaping: pressure.resource.rawValue)
      switch pressure.resource {
      case .cpu where some > 0.5:
        out.append(Notice(.warning, "cpu pressure: some task waited for a core \(Units.percent(some)) of the last 10 s"))
      case .memory where some > 0.1:
        out.append(
          Notice(full > 0.1 ? .critical : .warning, "memory pressure \(Units.percent(some)), all tasks stalled \(Units.percent(full))"))
      case .io where full > 0.3: out.append(Notice(.warning, "\(name) pressure: all tasks waited \(Units.percent(full)) of the last 10 s"))
      default: break
      }
    }
    if let memory = host.memory, let free = host.available, memory > 0, free / memory < 0.05 {
      out.append(Notice(.critical, "\(Units.bytes(free)) of \(Units.bytes(memory)) memory left"))
    }
    if let dropped = host.overflows, dropped > 0 {
      out.append(Notice(.warning, "\(Units.rate(dropped)) connections dropped: a queue of accept is full"))
    }
    for listener in host.listeners where listener.pid == nil && listener.backlog >= 5 {
      out.append(
        Notice(
          .warning, "\(listener.backlog) connections wait at \(listener.address), whose owner is no runtime known here or may not be seen"))
    }
    return out
  }
}
