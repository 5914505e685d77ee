/// A console at a server, as others there can see it by the name of its connection: `opsc:<user>@<host>:<ro|rw>:<run>`, with `:acting` at the
/// end while it carries an operation out. Nothing is written for it.
public struct Presence: Hashable, Sendable, Codable {
  /// `user@host`, made safe.
  public let who: SafeText
  public let canWrite: Bool
  /// Tells one process from another.
  public let run: SafeText
  public let isActing: Bool

  static let mark = "opsc:"

  public init(who: SafeText, canWrite: Bool, run: SafeText, isActing: Bool = false) {
    self.who = who
    self.canWrite = canWrite
    self.run = run
    self.isActing = isActing
  }

  /// Of this process: a run of eight random hexadecimal digits.
  public init(own who: SafeText, canWrite: Bool) {
    let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    self.init(who: who, canWrite: canWrite, run: SafeText(escaping: String(repeating: "0", count: 8 - digits.count) + digits))
  }

  /// Of a connection's name; nil where it is another's.
  public init?(name: String) {
    guard name.hasPrefix(Self.mark) else { return nil }
    let parts = name.dropFirst(Self.mark.count).split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[1] == "ro" || parts[1] == "rw", !parts[0].isEmpty, !parts[2].isEmpty else { return nil }
    self.init(
      who: SafeText(escaping: String(parts[0]), limit: 32), canWrite: parts[1] == "rw",
      run: SafeText(escaping: String(parts[2]), limit: 16),
      isActing: parts.count > 3 && parts[3] == "acting")
  }

  /// The name of a connection, without blanks. At most 63 bytes, which is what PostgreSQL keeps.
  public func name(isActing: Bool = false) -> String {
    let plain = who.text.utf8.map { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") ? $0 : UInt8(ascii: "?") }
    let person = String(decoding: plain.prefix(32), as: UTF8.self)
    return "\(Self.mark)\(person):\(canWrite ? "rw" : "ro"):\(run)" + (isActing ? ":acting" : "")
  }
}
