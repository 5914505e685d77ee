import Gate
import OpsModel
import Runbooks

/// What the end of a program means for its step.
enum ProgramEnd {
  static func of(_ end: ChildEnd, _ action: ResolvedAction, isProbe: Bool) -> AttemptEnd {
    let said = last(end)
    switch end.how {
    case .notStarted(let why): return .notSent(why)
    case .timedOut, .cancelled, .signalled:
      // Nothing was sent before the other side had said that it is there.
      if case .ssh = action, !end.sentInput { return .notSent("nobody there took the script\(said)") }
      return broken(end, said)
    case .exited(let code):
      switch action {
      // The script is sent only after the other side has said that it is there.
      case .ssh where !end.sentInput: return .notSent("nobody there took the script (\(code))\(said)")
      case .ssh where code == 255: return .lost("the connection was lost, or the script ended with 255\(said)")
      case .ansible: return ansible(end, code)
      default: break
      }
      if code == 0 || isProbe { return .done(outputs(end, code)) }
      return .refused("exit code \(code)\(said)", .exit(code))
    }
  }

  /// Ended by us, or by somebody: what it had done by then nobody knows.
  private static func broken(_ end: ChildEnd, _ said: SafeText) -> AttemptEnd {
    switch end.how {
    case .timedOut: return .timedOut("it did not end in its time\(said)")
    case .cancelled: return .cancelled("stopped by the operator\(said)")
    case .signalled(let number): return .lost("ended by signal \(number)\(said)")
    case .notStarted, .exited: return .lost("it ended\(said)")
    }
  }

  private static func outputs(_ end: ChildEnd, _ code: Int) -> [String: RunValue] {
    var out: [String: RunValue] = ["status": .int(code), "stdout": .text(String(decoding: end.output, as: UTF8.self))]
    if end.output.first(where: { $0 > 0x20 }).map({ "{[".utf8.contains($0) }) ?? false, let json = RunValue(json: end.output[...]) {
      out["json"] = json
    }
    let text = String(decoding: end.output.prefix(256), as: UTF8.self)
    if !text.isEmpty, end.output.count < 256 { out["value"] = .text(String(text.reversed().drop { $0.isNewline }.reversed())) }
    return out
  }

  /// The last line that it printed.
  private static func last(_ end: ChildEnd) -> SafeText {
    let line = end.tail.split(separator: 0x0A).last { $0.contains { $0 > 0x20 } }
    return line.map { ": \(SafeText(bytes: $0, limit: 200))" } ?? ""
  }

  // MARK: Ansible

  /// The exit code is a set of bits that also stands for other things: the recap counts, where there is one.
  private static func ansible(_ end: ChildEnd, _ code: Int) -> AttemptEnd {
    let recap = AnsibleRecap(end.dropped == 0 && end.output.count < 1 << 20 ? end.output : end.tail)
    guard !recap.hosts.isEmpty else {
      let hasBegun = end.output.firstRange(of: Array("\nTASK [".utf8)) != nil
      let words: SafeText = "ansible ended with \(code) and told of no host\(last(end))"
      return hasBegun ? .lost(words) : .refused(words, .exit(code))
    }
    let bad = recap.hosts.filter { $0.failed > 0 || $0.unreachable > 0 }
    let outputs: [String: RunValue] = [
      "status": .int(code), "stdout": .text(String(decoding: end.output, as: UTF8.self)), "hosts": .int(recap.hosts.count),
      "changed": .int(recap.hosts.reduce(0) { $0 + $1.changed }), "failed": .int(recap.hosts.filter { $0.failed > 0 }.count),
      "unreachable": .int(recap.hosts.filter { $0.unreachable > 0 }.count), "ok": .int(recap.hosts.count - bad.count),
      "failed_hosts": .list(bad.map { .text($0.name) }),
    ]
    if bad.isEmpty && code == 0 { return .done(outputs) }
    let names = SafeText.join(bad.prefix(10).map { SafeText(escaping: $0.name, limit: 60) }, ", ")
    return .refused(bad.isEmpty ? "ansible ended with \(code)\(last(end))" : "failed or not reached: \(names)", .exit(code))
  }
}

/// `web-1 : ok=2 changed=1 unreachable=0 failed=0 …` below `PLAY RECAP`, the last of them.
struct AnsibleRecap {
  struct Host {
    let name: String
    let changed: Int
    let unreachable: Int
    let failed: Int
  }

  var hosts: [Host] = []

  init(_ output: [UInt8]) {
    let lines = output.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    guard let head = lines.lastIndex(where: { $0.hasPrefix("PLAY RECAP") }) else { return }
    for line in lines[(head + 1)...] {
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 3, words[1] == ":" else { continue }
      func number(_ key: String) -> Int? {
        words.first { $0.hasPrefix(key + "=") }.flatMap { Int($0.dropFirst(key.count + 1)) }
      }
      guard let changed = number("changed"), let unreachable = number("unreachable"), let failed = number("failed") else { continue }
      hosts.append(Host(name: words[0], changed: changed, unreachable: unreachable, failed: failed))
    }
  }
}
