public import OpsModel

/// The stored bytes of one thing, as they were taken out of a queue system or are to be put back.
public struct QuarantineRecord: Sendable, Equatable {
  public let target: Target
  /// Parts by the connector's own names, bytes untouched.
  public let parts: [Part]

  public struct Part: Sendable, Equatable {
    public let name: String
    public let bytes: [UInt8]

    public init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  public init(target: Target, parts: [Part]) {
    self.target = target
    self.parts = parts
  }

  public subscript(name: String) -> [UInt8]? { parts.first { $0.name == name }?.bytes }

  var digest: String {
    var hash = SHA256()
    hash.update(data: target.scope)
    hash.update(data: [0])
    hash.update(data: target.key)
    for part in parts {
      hash.update(data: [0] + Array(part.name.utf8) + [0])
      hash.update(data: part.bytes)
    }
    return hash.finalize().map { AuditRecord.hex($0) }.joined()
  }

  /// Over the digest and what stands beside it. Files of 0.6 and earlier have none.
  private var check: String {
    var hash = SHA256()
    hash.update(data: Array("\(digest) \(target.version.value) \(target.position)".utf8))
    return hash.finalize().map { AuditRecord.hex($0) }.joined()
  }

  /// One line of a quarantine file.
  var line: String {
    let parts = self.parts.map { part in
      JSONText.array([.text(SafeText(escaping: part.name)), .text(Self.base64(part.bytes))])
    }
    return JSONText.object([
      ("scope", .text(Self.base64(target.scope))), ("key", .text(Self.base64(target.key))),
      ("version", .text(SafeText(escaping: String(target.version.value)))),
      ("position", .text(SafeText(escaping: String(target.position)))), ("id", .text(SafeText(bytes: target.key, limit: 200))),
      ("sha256", .text(SafeText(escaping: digest))), ("check", .text(SafeText(escaping: check))), ("parts", .array(parts)),
    ]).compact()
  }

  /// Base64 holds nothing to escape, but may be longer than a text that is shown.
  private static func base64(_ bytes: [UInt8]) -> SafeText { SafeText(escaping: Base64Text.encode(bytes), limit: .max) }

  /// Nil where the line has another shape or its digest does not hold.
  init?(line: some Collection<UInt8>) {
    guard let fields = JSONScan.object(Array(line)), let scope = Self.bytes(fields["scope"]), let key = Self.bytes(fields["key"]),
      let version = Self.text(fields["version"]).flatMap({ UInt64($0) }),
      let position = Self.text(fields["position"]).flatMap({ Double($0) }), let list = fields["parts"].flatMap({ JSONScan.array($0) })
    else { return nil }
    var parts: [Part] = []
    for pair in list {
      guard let both = JSONScan.array(pair), both.count == 2, let name = Self.text(both[0]), let bytes = Self.bytes(both[1]) else {
        return nil
      }
      parts.append(Part(name, bytes))
    }
    self.parts = parts
    target = Target(scope: scope, key: key, version: Version(version), position: position)
    guard Self.text(fields["sha256"]) == digest, fields["check"] == nil || Self.text(fields["check"]) == check else { return nil }
  }

  private static func text(_ slice: JSONScan.Slice?) -> String? {
    JSONScan.string(slice).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func bytes(_ slice: JSONScan.Slice?) -> [UInt8]? { JSONScan.string(slice).flatMap { Base64Text.decode($0) } }
}
