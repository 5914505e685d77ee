import Glibc
public import OpsModel

/// Who acts, from where: what the system itself says about this process.
public struct AuditActor: Sendable {
  public let user: SafeText
  public let host: SafeText
  public let boot: SafeText
  public let pid: Int
  public let uid: Int
  /// The account of the login, which `sudo` does not change; nil where the system does not tell.
  public let loginUID: Int?
  public let sudoUser: SafeText?
  /// The account that `sudo` was called from, as it tells.
  public let sudoUID: Int?
  public let tty: SafeText?
  public let sshClient: SafeText?
  public let version: SafeText

  public init(environment: [String: String], version: SafeText) {
    self.version = version
    pid = Int(getpid())
    uid = Int(getuid())
    host = Self.hostName
    boot = SafeText(escaping: Self.line("/proc/sys/kernel/random/boot_id") ?? "", limit: 40)
    loginUID = Self.line("/proc/self/loginuid").flatMap { Int($0) }.flatMap { $0 == 4_294_967_295 ? nil : $0 }
    user = Self.account(uid: loginUID ?? uid)
    sudoUser = environment["SUDO_USER"].map { SafeText(escaping: $0, limit: 64) }
    sudoUID = environment["SUDO_UID"].flatMap { Int($0) }
    sshClient = environment["SSH_CONNECTION"].map { SafeText(escaping: $0, limit: 100) }
    tty = ttyname(STDIN_FILENO).map { SafeText(escaping: String(cString: $0), limit: 64) }
  }

  /// `user@host`, as others on the same server see it.
  public var name: SafeText { "\(sudoUser ?? user)@\(host)" }

  private static var hostName: SafeText {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return SafeText(bytes: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, limit: 64)
  }

  private static func account(uid: Int) -> SafeText {
    guard let entry = getpwuid(uid_t(uid)), let name = entry.pointee.pw_name else { return "uid \(uid)" }
    return SafeText(escaping: String(cString: name), limit: 64)
  }

  private static func line(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
  }
}
