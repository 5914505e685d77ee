import Glibc
import OpsModel

/// The name of this machine, by which processes of several sources know each other.
enum LocalHost {
  static let name: SafeText = {
    var root = ProcRoot()
    let text = root.text("/proc/sys/kernel/hostname", limit: 256) ?? "?"
    return SafeText(escaping: text.split(separator: "\n").first.map(String.init) ?? "?", limit: 64)
  }()
}
