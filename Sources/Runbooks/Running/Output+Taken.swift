import OpsModel

extension Output {
  /// Bytes of one output that are kept.
  static let longest = 4096

  /// What an answer told, and what the author gave names to. A named one that is not there is left out: using it is an error then.
  static func taken(_ wanted: [Output], from answer: [String: RunValue]) -> [String: RunValue] {
    var out = answer.mapValues { $0.cut() }
    // Whole answers are for the outputs that were named; a journal keeps small ones.
    for name in ["json", "rows"] { if let value = out[name], value.jsonBytes.count > 16_384 { out[name] = nil } }
    for output in wanted {
      guard let value = output.value(in: answer).flatMap({ $0.converted(to: output.kind) }) else { continue }
      out[output.name] = value.jsonBytes.count > 262_144 ? nil : value.cut()
    }
    return out
  }

  private func value(in answer: [String: RunValue]) -> RunValue? {
    switch from {
    case .stdout: answer["stdout"]
    case .status: answer["status"]
    case .rows:
      // `0.waiters` is the cell that stands there as `rows_0_waiters`.
      path.count == 2 ? answer["rows_\(path[0])_\(path[1])"] : answer["value"]
    case .json: path.isEmpty ? answer["json"] ?? answer["value"] : Self.walk(answer["json"] ?? .map(answer), path)
    }
  }

  private static func walk(_ value: RunValue, _ path: [String]) -> RunValue? {
    var value = value
    for name in path {
      switch value {
      case .map(let map): if let next = map[name] { value = next } else { return nil }
      case .list(let list): if let place = Int(name), list.indices.contains(place) { value = list[place] } else { return nil }
      default: return nil
      }
    }
    return value
  }
}

extension RunValue {
  /// A long text ends at its limit; a long list has as many entries as have room.
  func cut() -> RunValue {
    switch self {
    case .text(let text) where text.utf8.count > Output.longest: .text(String(decoding: text.utf8.prefix(Output.longest), as: UTF8.self))
    default: self
    }
  }

  /// The same value as another kind, where nothing is lost by that.
  func converted(to kind: ValueKind) -> RunValue? {
    switch (self, kind) {
    case (_, .any): self
    case (.text(let text), .int): Int(text.filter { !$0.isWhitespace }).map { .int($0) }
    case (.text(let text), .number): Double(text.filter { !$0.isWhitespace }).map { .number($0) }
    case (.text("t"), .bool), (.text("true"), .bool), (.int(1), .bool): .bool(true)
    case (.text("f"), .bool), (.text("false"), .bool), (.int(0), .bool): .bool(false)
    case (.int(let number), .number): .number(Double(number))
    case (.number(let number), .int) where number == number.rounded() && number.magnitude < 9e15: .int(Int(number))
    case (_, .text): argument.map { .text($0) }
    default: self.kind == kind ? self : nil
    }
  }
}
