import Glibc
import OpsModel

/// What is kept quiet, beyond one run: a small file in the state folder that all consoles of a user share.
struct QuietFile: Sendable {
  private static let limit = 1_048_576

  let path: String

  var shown: SafeText { SafeText(escaping: path) }

  /// Nothing where there is no such file; marks that are over are left out.
  func read(now: Double) -> [ResourceID: AlertQuiet] {
    guard let bytes = FilePaths.bytes(of: path, limit: Self.limit),
      let list = JSONScan.member(bytes, "quiet").flatMap({ JSONScan.array($0) })
    else { return [:] }
    let marks = list.compactMap { Self.mark($0) }.filter { $0.1.until > now }
    return Dictionary(marks, uniquingKeysWith: { $1 })
  }

  /// Reads, changes and writes while no other console does.
  /// - Returns: what is in it now; nil where it could not be written, and the old file stays.
  func change(
    now: Double, _ body: ([ResourceID: AlertQuiet]) -> [ResourceID: AlertQuiet]
  ) -> [ResourceID: AlertQuiet]? {
    guard let folder = path.lastIndex(of: "/"), FilePaths.makeFolder(String(path[..<folder])) else { return nil }
    let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { return nil }
    defer { close(lock) }
    // A console that was stopped in the middle must not hold up all others for ever.
    var tries = 100
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, tries > 0 else { return nil }
      tries -= 1
      usleep(10_000)
    }
    let marks = body(read(now: now))
    return write(marks) ? marks : nil
  }

  private func write(_ quiet: [ResourceID: AlertQuiet]) -> Bool {
    let document = JSONText.object([("schema", .int(1)), ("quiet", .array(quiet.sorted { $0.key < $1.key }.map(Self.json)))])
    let fresh = "\(path).\(getpid())"
    unlink(fresh)
    guard FilePaths.write(document.compact() + "\n", new: fresh) else {
      unlink(fresh)
      return false
    }
    return rename(fresh, path) == 0
  }

  private static func json(_ id: ResourceID, _ mark: AlertQuiet) -> JSONText {
    let fields: [(StaticString, JSONText)] = [
      ("source", .text(id.source)), ("key", .text(SafeText(escaping: Base64Text.encode(id.key)))),
      ("kind", .text(SafeText(escaping: mark.kind.rawValue))), ("by", .text(mark.by)), ("reason", .text(mark.reason)),
      ("at", .number(mark.at)), ("until", .number(mark.until)),
    ]
    return .object(fields)
  }

  private static func mark(_ text: JSONScan.Slice) -> (ResourceID, AlertQuiet)? {
    guard let fields = JSONScan.object(text), let source = JSONScan.string(fields["source"]), let coded = JSONScan.string(fields["key"]),
      let key = Base64Text.decode(coded), let word = JSONScan.string(fields["kind"]),
      let kind = AlertQuiet.Kind(rawValue: String(decoding: word, as: UTF8.self)), let at = JSONScan.number(fields["at"]),
      let until = JSONScan.number(fields["until"]), at.isFinite, until.isFinite, until - at <= QuietWish.longest
    else { return nil }
    let by = SafeText(bytes: JSONScan.string(fields["by"]) ?? [], limit: 100)
    let reason = SafeText(bytes: JSONScan.string(fields["reason"]) ?? [], limit: 200)
    let id = ResourceID(source: SafeText(bytes: source, limit: 100), kind: .alert, key: key)
    return (id, AlertQuiet(kind: kind, by: by, reason: reason, at: at, until: until))
  }
}
