import Gate
import Glibc
import OpsModel
import Runbooks

/// Playbooks: vars by a pipe, in which every text is marked as data, hosts in a file, and the recap read rather than the exit code.
extension StepDesk {
  /// - Parameter place: a folder for its files.
  func ansible(
    _ action: ResolvedAction, isCheck: Bool, _ place: String, _ program: ([String], [String: String]) -> ChildProgram
  ) throws(Failure) -> ChildProgram {
    guard case .ansible(let path, let inventory, let limit, let variables, _, let showsDifference) = action else {
      throw .settings("this is no playbook")
    }
    var argv = ["ansible-playbook", "-i", try self.inventory(inventory, place)]
    if !limit.isEmpty { argv += ["--limit", "@" + (try file("\(place)/limit", limit.joined(separator: "\n") + "\n"))] }
    // ansible takes variables by the name of a file alone: a secret among them stands in none.
    let feed = ChildProgram.Feed(path: "\(place)/variables.yml", bytes: Array(AnsibleVariables.yaml(variables).utf8))
    if !variables.isEmpty { argv += ["-e", "@" + feed.path] }
    if isCheck { argv.append("--check") }
    if showsDifference { argv.append("--diff") }
    argv.append(beside(path))
    var settings = [
      "ANSIBLE_NOCOLOR": "1", "ANSIBLE_STDOUT_CALLBACK": "default", "ANSIBLE_RETRY_FILES_ENABLED": "0", "ANSIBLE_HOST_KEY_CHECKING": "1",
      "ANSIBLE_LOCAL_TEMP": place + "/ansible", "ANSIBLE_DISPLAY_FAILED_STDERR": "0",
      // Modules go to a host by a pipe: a temporary file of theirs would hold their arguments.
      "ANSIBLE_PIPELINING": "1",
    ]
    if let config = places.configuration?.runbooks.sshConfig {
      settings["ANSIBLE_SSH_ARGS"] = "-F \(FilePaths.expand(config)) -o BatchMode=yes"
    }
    var out = program(argv, settings)
    if !variables.isEmpty { out.feeds = [feed] }
    return out
  }

  /// The playbook with `--check --diff`, in a few words.
  func checked(_ action: ResolvedAction, timeout: Double) async -> SafeText {
    let context = StepContext(run: run, step: "check", timeout: timeout, idempotencyKey: "", isRead: true, parameters: [:])
    let program: ChildProgram
    let place: String
    do throws(Failure) {
      place = try scratch.make()
      program = try ansible(action, isCheck: true, place) { bare($0, $1.merging(["TMPDIR": place]) { first, _ in first }, context) }
    } catch { return error.what }
    defer { FolderTree.remove(place) }
    let end = await children.run(program, step: "check", mask: secrets.hiding.stream) { _ in }
    let recap = AnsibleRecap(end.output)
    guard !recap.hosts.isEmpty else { return ProgramEnd.of(end, action, isProbe: false).message }
    return SafeText.join(
      recap.hosts.prefix(10).map { host in
        "\(SafeText(escaping: host.name, limit: 60)) \(host.changed) would change\(host.failed + host.unreachable > 0 ? ", fails" : "")"
      }, "; ")
  }

  /// A group of the configuration, or a file.
  private func inventory(_ name: String, _ place: String) throws(Failure) -> String {
    guard let group = places.configuration?.runbooks.groups.first(where: { $0.name == name }) else { return beside(name) }
    let local = group.hosts.map { $0 == "localhost" ? "localhost ansible_connection=local" : $0 }
    return try file("\(place)/hosts.ini", "[\(group.name)]\n\(local.joined(separator: "\n"))\n")
  }

  private func beside(_ path: String) -> String { path.hasPrefix("/") ? path : "\(beside)/\(path)" }
}

/// Variables for `-e @file`: ansible reads templates in them, unless each text is marked.
enum AnsibleVariables {
  static func yaml(_ variables: [String: RunValue]) -> String {
    variables.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(value($0.value))\n" }.joined()
  }

  private static func value(_ value: RunValue) -> String {
    switch value {
    case .text(let text): "!unsafe " + quoted(text)
    case .list(let list): "[" + list.map { self.value($0) }.joined(separator: ", ") + "]"
    case .map(let map):
      "{" + map.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(self.value($0.value))" }.joined(separator: ", ") + "}"
    case .null: "null"
    default: value.argument ?? "null"
    }
  }

  /// A double-quoted scalar of YAML, in which nothing but these stands for something else.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: out += "\\" + String(scalar)
      case 0x20..<0x7F, 0xA0..<0x2028, 0x202A..<0xD800, 0xE000..<0xFEFF, 0xFF00..<0xFFFE, 0x10000...0x10FFFF: out += String(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return out + "\""
  }
}
