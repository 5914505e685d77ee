import Gate
import Glibc
import OpsModel
import Runbooks

/// Programs of this machine, and scripts on others.
extension StepDesk {
  /// Printed by the other side before it is sent anything: until then nothing has happened there.
  private static let sign: [UInt8] = [0x1E] + Array("opsc".utf8) + [0x1E]

  func program(_ action: ResolvedAction, _ context: StepContext) async -> AttemptEnd {
    let program: ChildProgram
    let place: String
    do throws(Failure) {
      place = try scratch.make()
      program = try prepare(action, context, place)
    } catch { return .notSent(error.what) }
    defer { FolderTree.remove(place) }
    let run = { [self] () async -> AttemptEnd in
      if isTooLate(context) { return .notSent("stopped by the operator before it was begun") }
      let end = await children.run(program, step: context.step, mask: secrets.hiding.stream) { context.output(Array($0)) }
      for left in end.leftovers { context.output(Array("left behind and ended: \(left.text)\n".utf8)) }
      if end.dropped > 0 { context.output(Array("truncated: \(Units.bytes(Double(end.dropped)).text) more were printed\n".utf8)) }
      return ProgramEnd.of(end, action, isProbe: context.isProbe)
    }
    return context.isRead ? await run() : await permitted(action, context) { _ in await run() }
  }

  /// - Parameter place: a folder for its files.
  private func prepare(_ action: ResolvedAction, _ context: StepContext, _ place: String) throws(Failure) -> ChildProgram {
    func program(_ argv: [String], _ more: [String: String] = [:]) -> ChildProgram {
      bare(argv, more.merging(["TMPDIR": place]) { first, _ in first }, context)
    }
    /// With the parameters and secrets of this machine.
    func given(_ argv: [String], _ more: [String: String] = [:]) -> ChildProgram { program(argv, values(context).merging(more) { $1 }) }
    if let place = Self.place(of: action, context), let problem = secrets.problem(for: place, script: action.script) {
      throw .settings(problem)
    }
    switch action {
    case .cmd(let argv, let stdin, let env):
      var out = argv.first == "opsconsole" ? given(try Self.itself(argv, places), Self.inherited.merging(env) { $1 }) : given(argv, env)
      out.input = stdin.map { Array($0.utf8) }
      return out
    case .run(let shell, let text, let arguments):
      let head = shell == "bash" ? "set -euo pipefail\n" : "set -eu\n"
      let path = try file("\(place)/script", head + text)
      return given([shell, path] + arguments)
    case .ssh(let host, let shell, let text, let arguments):
      guard let host = host ?? context.host else { throw .settings("ssh needs a host") }
      return client(sshArguments(host, shell), script(text, arguments, host, context), place, context)
    case .ansible: return try ansible(action, isCheck: false, place, program)
    case .kubectl(let context, let namespace, let argv):
      return program(["kubectl", "--context", context] + (namespace.map { ["-n", $0] } ?? []) + argv, kept(["KUBECONFIG"]))
    default: throw .settings("this is no program")
    }
  }

  /// For whose environment it is prepared; nil where no secret is in it.
  private static func place(of action: ResolvedAction, _ context: StepContext) -> String? {
    switch action {
    case .cmd, .run: StepSecrets.here
    case .ssh(let host, _, _, _): host ?? context.host
    default: nil
    }
  }

  func bare(_ argv: [String], _ more: [String: String], _ context: StepContext) -> ChildProgram {
    ChildProgram(
      argv: argv, environment: environment(context).merging(more) { $1 }, timeout: context.timeout, killAfter: context.killAfter,
      marks: ["OPSC_RUN_ID=\(run.text)", "OPSC_STEP_ID=\(context.step)"])
  }

  /// ssh itself. What it is given, its own configuration can hand on (`SendEnv`, `ProxyCommand`, `Match exec`): so it gets nothing of the
  /// run, and its folder for temporary files tells it apart.
  private func client(_ argv: [String], _ script: String, _ place: String, _ context: StepContext) -> ChildProgram {
    var out = ChildProgram(
      argv: argv, environment: basic(["SSH_AUTH_SOCK"]).merging(["TMPDIR": place]) { $1 }, timeout: context.timeout,
      killAfter: context.killAfter, marks: ["TMPDIR=\(place)"])
    out.input = Array(script.utf8)
    out.inputAfter = Self.sign
    return out
  }

  /// Nothing is inherited but what a program can not do without.
  private func basic(_ more: [String] = []) -> [String: String] {
    var out = kept(["HOME", "TZ"] + more)
    out["PATH"] = ChildProgram.searchPath
    out["LANG"] = "C.UTF-8"
    return out
  }

  private func environment(_ context: StepContext) -> [String: String] {
    var out = basic()
    out["OPSC_RUN_ID"] = run.text
    out["OPSC_STEP_ID"] = context.step
    out["OPSC_IDEMPOTENCY_KEY"] = context.idempotencyKey
    // A step that only reads may not change anything through this program either.
    if context.isRead { out[GateMaker.variable] = "1" }
    return out
  }

  /// Parameters and secrets, for what the author of the runbook wrote and for nothing else.
  private func values(_ context: StepContext) -> [String: String] {
    var out = secrets.variables(for: StepSecrets.here)
    for (name, value) in context.parameters { out["P_\(name.uppercased())"] = Self.text(value) }
    return out
  }

  /// The console's own commands: this very program, with the configuration of this run and the variables that it may name.
  /// Never another program of that name: it might know nothing of what restricts this one.
  private static func itself(_ argv: [String], _ places: StepPlaces) throws(Failure) -> [String] {
    guard let program = ProcessArguments.executable else { throw .settings("the file of this program is not found") }
    let config = places.configuration?.file.map { ["--config", $0] } ?? []
    return [program] + argv.dropFirst() + config
  }

  private static var inherited: [String: String] { SharedOptions.variables }

  /// A list is one entry a line: no entry holds a line end.
  private static func text(_ value: RunValue) -> String {
    if case .list(let list) = value { return list.compactMap(\.argument).joined(separator: "\n") }
    return value.argument ?? ""
  }

  private func kept(_ names: [String]) -> [String: String] {
    var out: [String: String] = [:]
    for name in names { if let value = getenv(name) { out[name] = String(cString: value) } }
    return out
  }

  // MARK: ssh

  private func sshArguments(_ host: String, _ shell: String) -> [String] {
    let file = places.configuration?.runbooks.sshConfig.map { ["-F", FilePaths.expand($0)] } ?? []
    let options = ["BatchMode=yes", "ConnectTimeout=5", "ServerAliveInterval=5", "ServerAliveCountMax=3", "StrictHostKeyChecking=yes"]
    // Whatever the login shell is, it reads one constant line.
    let command = "exec sh -c \"printf '\\036opsc\\036' >&2; exec \(shell == "bash" ? "bash" : "sh") -s\""
    return [places.configuration?.runbooks.ssh.map { FilePaths.expand($0) } ?? "ssh", "-T"] + file + options.flatMap { ["-o", $0] } + [
      "--", host, command,
    ]
  }

  /// Arguments and secrets go before the script on its standard input: they stand in no process list, and only a POSIX shell reads them.
  private func script(_ text: String, _ arguments: [String], _ host: String, _ context: StepContext) -> String {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
    var lines = secrets.variables(for: host).sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value)); export \($0.key)" }
    let names = [("OPSC_RUN_ID", run.text), ("OPSC_STEP_ID", context.step), ("OPSC_IDEMPOTENCY_KEY", context.idempotencyKey)]
    lines += names.map { "\($0.0)=\(quoted($0.1)); export \($0.0)" }
    if !arguments.isEmpty { lines.append("set -- \(arguments.map(quoted).joined(separator: " "))") }
    lines.append("set -eu")
    // In braces, so that what the script runs does not read the rest of it.
    return lines.joined(separator: "\n") + "\n{\n" + text + "\n} </dev/null\n"
  }

  // MARK: Files

  /// A new file of the owner alone, for what is no secret.
  func file(_ path: String, _ text: String) throws(Failure) -> String {
    guard FilePaths.write(text, new: path) else { throw .settings("cannot write \(SafeText(escaping: path))") }
    return path
  }
}
