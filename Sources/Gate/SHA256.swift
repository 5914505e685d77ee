import CLibCrypto

/// A SHA-256 (FIPS 180-4) over bytes that come in pieces. A value: a copy goes its own way.
public struct SHA256 {
  private var state = State()

  public init() {}

  /// The digest of bytes that are all at hand: 32 bytes.
  public static func hash(data: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: data)
    return hash.finalize()
  }

  public mutating func update(data: [UInt8]) {
    if !isKnownUniquelyReferenced(&state) { state = State(copying: state) }
    state.update(data)
  }

  /// The digest of what came so far: 32 bytes. More may follow.
  public func finalize() -> [UInt8] { State(copying: state).finish() }

  /// The library's state. It refuses nothing but for want of memory, and a digest that is not one must never be used.
  private final class State {
    private let hash: OpaquePointer

    init() { hash = Self.checked(ops_sha256_new()) }
    init(copying other: State) { hash = Self.checked(ops_sha256_copy(other.hash)) }
    deinit { ops_sha256_free(hash) }

    private static func checked(_ made: OpaquePointer?) -> OpaquePointer {
      guard let made else { preconditionFailure("libcrypto has no memory for a SHA-256") }
      return made
    }

    func update(_ bytes: [UInt8]) {
      precondition(ops_sha256_update(hash, bytes, bytes.count) == 1, "libcrypto refused to go on with a SHA-256")
    }

    func finish() -> [UInt8] {
      var digest = [UInt8](repeating: 0, count: 32)
      precondition(ops_sha256_final(hash, &digest) == 1, "libcrypto refused to end a SHA-256")
      return digest
    }
  }
}
