import Console
import Glibc
import OpsModel

/// Who runs the program, where, and for which environment.
enum SessionIdentity {
  static func make(_ configuration: Configuration?, _ options: SharedOptions, _ variables: [String: String], readOnly: SafeText?)
    -> Identity
  {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let user = variables["SUDO_USER"] ?? variables["USER"] ?? variables["LOGNAME"] ?? accountName
    return Identity(
      environment: options.environment ?? configuration?.environment ?? .production, user: SafeText(escaping: user, limit: 32),
      host: SafeText(escaping: host, limit: 64), label: configuration?.label ?? "", readOnly: readOnly)
  }

  private static var accountName: String {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
    return String(cString: name)
  }
}
