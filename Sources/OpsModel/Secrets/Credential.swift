/// What a server is sent to say who we are there.
public struct Credential: Hashable, Sendable {
  public let secret: String
  /// The account that it belongs to, where it has one.
  public let user: String?

  public init(_ secret: String, user: String? = nil) {
    self.secret = secret
    self.user = user
  }

  /// Texts that must not be shown. A secret that is too short to be looked for by itself is looked for where it stands beside its account
  /// or its scheme.
  var texts: [String] {
    guard !secret.isEmpty else { return [] }
    var out = user.map { ["\($0):\(secret)"] } ?? []
    if secret.utf8.count >= SecretMask.shortest {
      out.append(secret)
    } else {
      out += ["Bearer \(secret)", "password=\(secret)", "PASSWORD '\(secret)'", "AUTH \(secret)"]
    }
    return out.filter { $0.utf8.count >= SecretMask.shortest }
  }

  /// Whether an answer that repeats it could show it.
  public var isShort: Bool { secret.utf8.count < SecretMask.shortest }
}
