import Gate
import OpsModel

/// The leases of one operation, one for each set it touches. An account that may not write our keys goes on without: leases are a courtesy.
actor RedisLeases {
  private let source: SafeText
  private let actor: String
  private let scripts: RedisScriptClient
  private let clock: any OpsClock
  private var held: [[UInt8]: RedisLease] = [:]

  init(source: SafeText, actor: String, scripts: RedisScriptClient, clock: any OpsClock) {
    self.source = source
    self.actor = actor
    self.scripts = scripts
    self.clock = clock
  }

  /// - Throws: `Failure.declined` with the name of whoever is at one of the sets.
  func take(_ scopes: [[UInt8]], for operation: Operation, _ permit: Permit) async throws(Failure) {
    for scope in scopes where held[scope] == nil {
      let lease = RedisLease(
        scope: Array(source.text.utf8) + [UInt8(ascii: "/")] + scope, operation: operation, actor: actor, scripts: scripts, clock: clock)
      do throws(Failure) {
        try await lease.take(permit)
        held[scope] = lease
      } catch {
        guard case .permission = error else {
          await give(permit)
          throw error
        }
      }
    }
  }

  /// Renewed where it is due; nil where there is none.
  func lease(_ scope: [UInt8], _ permit: Permit) async throws(Failure) -> RedisLease? {
    try await held[scope]?.keep(permit)
    return held[scope]
  }

  func give(_ permit: Permit) async {
    for lease in held.values { await lease.give(permit) }
    held = [:]
  }
}

/// The codes that every moving script answers with, one for each item.
enum ScriptCode {
  static func outcome(_ code: Int?) -> Outcome {
    switch code {
    case 0: .moved
    case 1: .absent
    case 2: .changed
    case 3: .payloadMissing
    case 4: .conflict
    case 5: .failed
    default: .unknown
    }
  }

  /// What our scripts answer before they do anything: the lease went to somebody else, or a key holds something else than the system keeps
  /// in it. Words of our own, so that they are not taken for the server's.
  static let leaseLost = "NOLEASE"
  static let wrongKey = "WRONGKEY "

  /// Lua that every moving script begins with: types and lease. `KEYS`: the sets it checks itself, the lease last where `ARGV[1]` is
  /// not empty.
  static let head = """
    local call = redis.call
    local function kind(key, wanted)
      local found = call('TYPE', key).ok
      return found == wanted or found == 'none'
    end
    if ARGV[1] ~= '' and call('GET', KEYS[#KEYS]) ~= ARGV[1] then return redis.error_reply('\(leaseLost) another console took over') end
    local out = {}

    """
}
