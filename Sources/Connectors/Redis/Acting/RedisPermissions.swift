import OpsModel

/// Asks the server which commands this account may use on which keys, before anything is done (Redis 7, `redis.acl_check_cmd`).
enum RedisPermissions {
  /// A command with its arguments as it would be sent.
  typealias Wanted = [[UInt8]]

  private static let script = """
    local missing = {}
    local at = 1
    while at <= #ARGV do
      local count = tonumber(ARGV[at])
      local words = {}
      for i = 1, count do words[i] = ARGV[at + i] end
      if not redis.acl_check_cmd(unpack(words)) then missing[#missing + 1] = words[1] .. ' ' .. (words[2] or '') end
      at = at + count + 1
    end
    return missing
    """

  /// - Throws: `Failure.permission` naming every command that is missing. A server before 7.0 can not be asked: then the first batch tells.
  static func check(_ client: RedisClient, _ wanted: [Wanted], doing what: SafeText) async throws(Failure) {
    var arguments = [Array(script.utf8), Array("0".utf8)]
    for command in wanted { arguments += [Array(String(command.count).utf8)] + command }
    let reply = try await client.run([RedisCommand(.evalReadOnly, list: arguments)])[0]
    switch reply {
    case .error(let message):
      if message.hasPrefix("NOPERM") {
        throw .permission(
          what: what, grant: "this account may not run scripts; grant +evalsha +eval_ro +script|load, or set write: for this source")
      }
      // `unknown command`: an older server.
      return
    case .array(let missing):
      let names = missing.compactMap(\.bytes).map { SafeText(bytes: $0, limit: 120) }
      guard names.isEmpty else {
        throw .permission(what: what, grant: "this account may not: \(SafeText.join(names, ", ")); grant it, or set write: for this source")
      }
    default: return
    }
  }

  static func words(_ texts: String..., key: [UInt8], _ more: String...) -> Wanted {
    texts.map { Array($0.utf8) } + [key] + more.map { Array($0.utf8) }
  }
}
