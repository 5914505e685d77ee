import OpsModel

/// What a reply tells a runbook: `value` where it is one, `json` in any case, and the fields of `INFO`, `CONFIG GET` and hashes by name.
enum RedisAnswer {
  static func outputs(_ reply: RedisValue, of words: [String]) -> [String: RunValue] {
    let name = words.first?.uppercased() ?? ""
    if name == "INFO", let bytes = reply.bytes { return fields(info(bytes)) }
    if name == "CONFIG", words.count > 1, words[1].uppercased() == "GET", let pairs = pairs(reply, isTyped: true) {
      var out = fields(pairs)
      if pairs.count == 1 { out["value"] = pairs.values.first }
      return out
    }
    if name == "HGETALL", let pairs = pairs(reply, isTyped: false) { return fields(pairs) }
    let value = value(reply)
    var out: [String: RunValue] = ["json": value]
    if case .list = value { out["list"] = value }
    if value.argument != nil || value == .null { out["value"] = value }
    return out
  }

  private static func fields(_ map: [String: RunValue]) -> [String: RunValue] {
    var out = map
    out["json"] = .map(map)
    return out
  }

  /// `used_memory:1024` line by line; whole numbers are numbers.
  private static func info(_ bytes: [UInt8]) -> [String: RunValue] {
    var out: [String: RunValue] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      out[String(line[..<colon])] = typed(String(line[line.index(after: colon)...]))
    }
    return out
  }

  private static func pairs(_ reply: RedisValue, isTyped: Bool) -> [String: RunValue]? {
    guard let items = reply.array, items.count % 2 == 0 else { return nil }
    var out: [String: RunValue] = [:]
    for at in stride(from: 0, to: items.count, by: 2) {
      guard let name = items[at].plain else { return nil }
      let text = items[at + 1].plain ?? ""
      out[name] = isTyped ? typed(text) : .text(text)
    }
    return out
  }

  private static func typed(_ text: String) -> RunValue { Int(text).map { .int($0) } ?? .text(text) }

  private static func value(_ reply: RedisValue) -> RunValue {
    switch reply {
    case .status(let text): .text(text)
    case .error(let text): .text(text)
    case .integer(let number): .int(number)
    case .bytes(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .null: .null
    case .array(let list): .list(list.map { value($0) })
    }
  }
}
