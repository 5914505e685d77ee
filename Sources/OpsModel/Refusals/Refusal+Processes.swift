/// Refusals about processes of this machine and how they are asked.
extension Refusal {
  /// - Parameter program: `JVM`, `Node process`.
  public static func oneProcess(_ program: SafeText) -> Refusal {
    Refusal("only one \(program) can be asked at a time", instead: "select one")
  }

  public static let processGone = Refusal("the process has ended, or another has its pid", instead: "select it again")

  public static func processChanged(_ pid: Int) -> Refusal {
    Refusal("process \(pid) has ended, or runs another program now", instead: "select it again")
  }

  public static func notJava(_ pid: Int, runs program: SafeText) -> Refusal {
    Refusal("process \(pid) runs \(program), not java: SIGQUIT could end it")
  }

  public static func notNode(_ pid: Int, runs program: SafeText) -> Refusal {
    let own: SafeText? = ["bun", "deno"].contains(program.text) ? "start it with --inspect and use its own debugger" : nil
    return Refusal("process \(pid) runs \(program), not node: SIGUSR1 could end it", instead: own)
  }

  /// - Parameter name: `SIGQUIT`.
  public static func wouldDie(_ process: SafeText, of name: SafeText, instead: SafeText? = nil) -> Refusal {
    Refusal("\(process) has no handler for \(name), which would end it", instead: instead)
  }

  public static func foreignSocket(_ path: SafeText) -> Refusal {
    Refusal("\(path) does not belong to the JVM's account: another account put it there", instead: "remove it, then try again")
  }

  public static func inspectorDisabled(_ pid: Int) -> Refusal {
    Refusal("process \(pid) runs with --disable-sigusr1, so its inspector cannot be opened", instead: "restart it without that flag")
  }

  public static func otherNetwork(_ pid: Int) -> Refusal {
    Refusal(
      "process \(pid) has its own network (a container), so its inspector is out of reach", instead: "run opsconsole in the container")
  }

  public static func portTaken(_ port: Int) -> Refusal {
    Refusal("another process uses port \(port), which the inspector needs", instead: "wait until it is free")
  }

  public static let debuggerConnected = Refusal("another debugger is connected to it", instead: "disconnect that debugger, then try again")

  public static let noWebSocket = Refusal(
    "what listens on the inspector's port does not speak WebSocket", instead: "find out what listens there")

  public static func otherProcessAnswers(_ port: Int) -> Refusal {
    Refusal("another process answers on port \(port)", instead: "select the process again")
  }
}
