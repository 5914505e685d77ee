import Glibc
import OpsModel
import Testing

@testable import OpsConsole

@Suite("One account has one state folder")
struct AccountHomeTests {
  /// An account with uid 1001 on a machine where `/home/alice` belongs to 1000, `/home/bob` to 1001 and everything else to root, who lets
  /// others write below `/tmp` and `/var`.
  private func home(uid: uid_t = 1001, entry: String? = "/home/bob") -> AccountHome {
    AccountHome(
      uid: uid, entry: { _ in entry },
      place: { path in
        let owner: uid_t = path.hasPrefix("/home/alice") ? 1000 : (path.hasPrefix("/home/bob") ? 1001 : 0)
        return .init(owner: owner, isWritable: uid == 0 || owner == uid || path.hasPrefix("/tmp") || path.hasPrefix("/var"))
      })
  }

  private func state(_ variables: [String: String], _ home: AccountHome) -> String {
    FilePaths(environment: variables, account: home).state
  }

  @Test(
    "a HOME that cannot be meant gives way to the passwd entry",
    arguments: [
      nil, "", "/", "//", "/.", "/tmp/..", "/proc/self/root", "home", "./", "~", "/home/alice", "/home/alice/deeper/still", "/root", "/app",
    ]
      as [String?])
  func unusable(_ value: String?) {
    #expect(state(value.map { ["HOME": $0] } ?? [:], home()) == "/home/bob/.local/state/opsconsole")
  }

  @Test("a HOME of this account, or one in which everybody may write, is used", arguments: ["/home/bob", "/home/bob/inner", "/tmp/x"])
  func usable(_ value: String) {
    #expect(state(["HOME": value], home()) == value + "/.local/state/opsconsole")
  }

  @Test("XDG values count where they are absolute and not of another account")
  func xdg() {
    #expect(state(["HOME": "/home/bob", "XDG_STATE_HOME": "/var/lib/bob"], home()) == "/var/lib/bob/opsconsole")
    for value in ["", "/", "/tmp/..", "state", "./state", "~/state", "/home/alice/.local/state"] {
      #expect(state(["HOME": "/home/bob", "XDG_STATE_HOME": value], home()) == "/home/bob/.local/state/opsconsole", "\(value)")
    }
  }

  @Test("sudo and su that keep the variables of the caller write into the folder of whom they became")
  func sudo() {
    let root = home(uid: 0, entry: "/root")
    #expect(state(["HOME": "/home/alice", "SUDO_USER": "alice"], root) == "/root/.local/state/opsconsole")
    #expect(state(["HOME": "/root"], root) == "/root/.local/state/opsconsole")
    // What is only read is that of the caller: a restriction in it holds.
    #expect(
      FilePaths(environment: ["HOME": "/home/alice"], account: root).configurationFile == "/home/alice/.config/opsconsole/config.yaml")
  }

  @Test(
    "without a passwd entry there is no state folder, and nothing is made anywhere", arguments: [nil, "", "/", "relative"] as [String?])
  func nobody(_ entry: String?) {
    let paths = FilePaths(environment: ["HOME": "/"], account: home(entry: entry))
    #expect(paths.stateProblem?.text.contains("uid 1001") == true)
    #expect(!paths.state.hasPrefix("/.local") && !FilePaths.makeFolder(paths.state))
    #expect(FilePaths(environment: ["HOME": "/home/bob"], account: home()).stateProblem == nil)
    #expect(FilePaths(environment: ["HOME": "/home/alice"], account: home(entry: entry)).stateProblem != nil)
    #expect(state(["HOME": "/app"], home(entry: entry)) == "/app/.local/state/opsconsole", "what a container was given")
  }

  @Test("the passwd file of this machine is asked")
  func real() throws {
    let entry = try #require(getpwuid(geteuid()))
    let home = String(cString: entry.pointee.pw_dir)
    try #require(home.hasPrefix("/") && home != "/")
    #expect(FilePaths(environment: [:]).state == home + "/.local/state/opsconsole")
  }
}
