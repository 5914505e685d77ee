/// What the configuration says about runbooks.
struct RunbookSettings: Sendable {
  static let keys = ["folders", "approvals", "locks", "ssh", "ssh_config", "connections", "groups"]

  /// Beside those of the operator and those that are shipped.
  var folders: [String] = []
  /// Where approvals of other people lie: a folder in which everybody may write and nobody may touch another's file.
  var approvals: String?
  /// Where accounts share the locks of runs; without it the kernel keeps them, for all accounts of this machine.
  var locks: String?
  /// The ssh program; the one of the machine without it.
  var ssh: String?
  /// The file that ssh is given by `-F`.
  var sshConfig: String?
  /// Servers that only runbooks reach.
  var connections: [ConfiguredSource] = []
  var groups: [HostGroup] = []
}
