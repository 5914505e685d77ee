import OpsModel

extension Resolver {
  func request(_ request: StepAction.Request) throws(ExpressionProblem) -> ResolvedRequest {
    var target = try path(request.path)
    var query: [String] = []
    for (name, value) in request.query { query.append("\(Self.encoded(name))=\(Self.encoded(try plain(value)))") }
    if !query.isEmpty { target += "?" + query.joined(separator: "&") }
    let body = try request.json.map { (json) throws(ExpressionProblem) in try self.body(json).jsonBytes }
    return ResolvedRequest(method: request.method, target: target, body: body, expected: request.expected)
  }

  /// What stands in the file is the author's; what is filled in is one part of the path, unless it is a path by its type: then its slashes
  /// stay and its parts are encoded.
  private func path(_ template: Template) throws(ExpressionProblem) -> String {
    var out = ""
    for part in template.parts {
      switch part {
      case .text(let text): out += text
      case .expression(let expression):
        let value = try expression.value(in: scope)
        guard let text = value.argument else { throw ExpressionProblem("\(value.kind.words) can not stand in a path") }
        let isPath = template.isWhole && text.hasPrefix("/")
        out +=
          isPath
          ? text.split(separator: "/", omittingEmptySubsequences: false).map { Self.encoded(String($0)) }.joined(separator: "/")
          : Self.encoded(text)
      }
    }
    guard out.hasPrefix("/"), out.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }) else {
      throw ExpressionProblem("\(SafeText(escaping: out, limit: 80)) is no path of a request")
    }
    guard !out.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
      throw ExpressionProblem("a path goes neither up nor nowhere")
    }
    return out
  }

  /// Everything but letters, digits and `-._~`.
  static func encoded(_ text: String, upper: Bool = true) -> String {
    text.utf8.map { byte -> String in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "-._~".utf8.contains(byte)
      if isPlain { return String(Unicode.Scalar(byte)) }
      let digits = String(byte, radix: 16, uppercase: upper)
      return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }

  private func body(_ body: StepAction.Body) throws(ExpressionProblem) -> RunValue {
    switch body {
    case .plain(let value): return value
    case .value(let template): return try template.value(in: scope)
    case .list(let list):
      var out: [RunValue] = []
      for one in list { out.append(try self.body(one)) }
      return .list(out)
    case .map(let map):
      var out: [String: RunValue] = [:]
      for (name, value) in map { out[name] = try self.body(value) }
      return .map(out)
    }
  }

  func queue(_ queue: QueueAction) throws(ExpressionProblem) -> ResolvedQueue {
    var out = ResolvedQueue(name: queue.name, connection: try connection(queue.connection), source: try text(queue.source))
    if let ids = queue.selection.ids { out.ids = try list(ids) }
    out.errorContains = try text(queue.selection.errorContains)
    out.task = try text(queue.selection.task)
    out.olderThan = try number(queue.selection.olderThan, "older_than")
    out.most = try number(queue.selection.most, "max").map { Int(clamped: $0) }
    if let most = out.most, most < 1 { throw ExpressionProblem("max is \(most), and has to be 1 at least") }
    out.isOldestFirst = queue.selection.isOldestFirst
    out.size = queue.pacing.size
    out.perSecond = try number(queue.pacing.perSecond, "per_second")
    out.pause = queue.pacing.pause
    out.halt = queue.halt
    for (name, value) in queue.arguments { out.arguments[name] = try plain(value) }
    // An empty text selects nothing in particular.
    if out.errorContains?.isEmpty == true { out.errorContains = nil }
    if out.task?.isEmpty == true { out.task = nil }
    return out
  }

  private func text(_ template: Template?) throws(ExpressionProblem) -> String? {
    guard let template else { return nil }
    return try plain(template)
  }

  private func list(_ template: Template) throws(ExpressionProblem) -> [String] {
    switch try template.value(in: scope) {
    case .list(let list): return list.compactMap(\.argument)
    case .text(let one): return [one]
    case let other: throw ExpressionProblem("ids are a list, and not \(other.shown)")
    }
  }

  private func number(_ template: Template?, _ name: SafeText) throws(ExpressionProblem) -> Double? {
    guard let template else { return nil }
    let value = try template.value(in: scope)
    if let number = value.double { return number }
    guard case .text(let text) = value, let number = ParameterCheck.amount(text, .duration) else {
      throw ExpressionProblem("\(name) is a number, and not \(value.shown)")
    }
    return number
  }
}
