import OpsModel

/// A machine in one line.
enum HostLine {
  static func words(_ host: HostState) -> SafeText {
    var words: [SafeText] = []
    if let cores = host.cores { words.append("cpu \(host.cpu.map { Signal.Unit.cores.text($0) } ?? "—")/\(cores)") }
    if let load = host.load { words.append("load \(Signal.Unit.cores.text(load))") }
    if let free = host.available, let all = host.memory { words.append("free \(Units.bytes(free, of: all))") }
    let pressure = host.pressure.map {
      "\(SafeText(escaping: $0.resource.rawValue)) \(($0.some ?? $0.some10).map { Signal.Unit.share.text($0) } ?? "—")" as SafeText
    }
    words.append(pressure.isEmpty ? "pressure not kept by this kernel" : "pressure \(SafeText.join(pressure, " "))")
    if let kills = host.oomKills, kills > 0 { words.append("\(Units.count(kills)) killed by memory since boot") }
    return "\(host.name): \(SafeText.join(words, " · "))"
  }
}
