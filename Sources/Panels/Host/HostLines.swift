import Canvas
import Console
import OpsModel

/// One machine, line by line.
struct HostLines {
  let host: HostState
  let processes: [ProcessView]
  let columns: Int

  var all: [HeadLine] {
    var out = [HeadLine("\(host.name) · \(host.kernel ?? "") · up \(host.uptime.map { Units.age($0) } ?? "—")", .title)]
    out.append(HeadLine("  \(machine)", .text))
    out += pressure + listeners + groups
    return out
  }

  private var machine: SafeText {
    var words: [SafeText] = []
    if let cores = host.cores { words.append("\(host.cpu.map { Signal.Unit.cores.text($0) } ?? "—") of \(cores) cores in use") }
    if let load = host.load { words.append("load \(Signal.Unit.cores.text(load))") }
    if let free = host.available, let all = host.memory { words.append("\(Units.bytes(free, of: all)) free") }
    if let swap = host.swapUsed, swap > 0 { words.append("\(Units.bytes(swap)) in swap") }
    if let count = host.processes { words.append("\(Units.count(count)) processes") }
    if let kills = host.oomKills { words.append("\(Units.count(kills)) killed for want of memory since boot") }
    return SafeText.join(words, ", ")
  }

  private var pressure: [HeadLine] {
    guard !host.pressure.isEmpty else {
      return [HeadLine("pressure: this kernel keeps none (CONFIG_PSI off, or boot with psi=1)", .faint)]
    }
    func share(_ value: Double?) -> SafeText { value.map { Signal.Unit.share.text($0) } ?? "—" }
    return [HeadLine("pressure: share of time in which tasks waited", .title)]
      + host.pressure.map { one in
        let bad = max(one.some ?? 0, one.some10 ?? 0) > (one.resource == .cpu ? 0.5 : 0.1)
        let all: SafeText = one.resource == .cpu ? "" : ", all tasks \(share(one.full)) (10 s mean \(share(one.full10)))"
        return HeadLine(
          "  \(pad(SafeText(escaping: one.resource.rawValue), 8)) some \(share(one.some)) (10 s mean \(share(one.some10)))\(all)",
          bad ? .warning : .text)
      }
  }

  private var listeners: [HeadLine] {
    guard !host.listeners.isEmpty else { return [HeadLine("no connection waits to be accepted", .faint)] }
    let rows = host.listeners.sorted { $0.backlog > $1.backlog }.prefix(8).map { listener -> HeadLine in
      let owner = listener.pid.flatMap { pid in processes.first { $0.state.pid == pid && $0.state.host == host.name } }
      let who: SafeText = owner.map { "\($0.state.name):\(listener.pid ?? 0)" } ?? "no runtime known here, or its files may not be read"
      return HeadLine("  \(pad(listener.address, 24)) \(listener.backlog) wait · \(who)", listener.backlog >= 5 ? .warning : .text)
    }
    return [HeadLine("connections that wait to be accepted", .title)] + rows
  }

  private var groups: [HeadLine] {
    guard !host.groups.isEmpty else { return [HeadLine("no control group but the root holds a runtime", .faint)] }
    return [HeadLine("control groups", .title)]
      + host.groups.sorted { ($0.throttled ?? 0, share($0) ?? 0) > ($1.throttled ?? 0, share($1) ?? 0) }.map(group)
  }

  private func share(_ group: HostState.ControlGroup) -> Double? {
    guard let used = group.memory, let limit = group.memoryLimit, limit > 0 else { return nil }
    return used / limit
  }

  private func group(_ group: HostState.ControlGroup) -> HeadLine {
    var words: [SafeText] = ["v\(group.version)", Units.count(group.processes, "runtime")]
    if let cpu = group.cpu {
      words.append("\(Signal.Unit.cores.text(cpu))\(group.cpuLimit.map { "/\(Signal.Unit.cores.text($0))" } ?? "") cores")
    }
    if let throttled = group.throttled { words.append("throttled \(Signal.Unit.share.text(throttled)) of periods") }
    if let used = group.memory { words.append(group.memoryLimit.map { Units.bytes(used, of: $0) } ?? Units.bytes(used)) }
    if let wait = group.memoryPressure, wait > 0 { words.append("memory pressure \(Signal.Unit.share.text(wait))") }
    if let kills = group.oomKills, kills > 0 { words.append("\(Units.count(kills)) killed for want of memory") }
    let bad = (group.throttled ?? 0) > 0.1 || (share(group) ?? 0) > 0.9 || (group.newOOMKills ?? 0) > 0
    return HeadLine("  \(group.path): \(SafeText.join(words, ", "))", bad ? .warning : .text)
  }

  private func pad(_ text: SafeText, _ width: Int) -> SafeText {
    SafeText.join([text, SafeText.join([SafeText](repeating: " ", count: max(0, width - text.text.unicodeScalars.count)), "")], "")
  }
}
