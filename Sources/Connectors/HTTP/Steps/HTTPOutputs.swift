import OpsModel

/// What an answer tells a runbook: `status`, `stdout` (the body), `json`, and `value` where it is one: a scalar, or what Prometheus answers
/// to a question with one number for an answer.
enum HTTPOutputs {
  static func outputs(_ answer: HTTPAnswer) -> [String: RunValue] {
    var out: [String: RunValue] = ["status": .int(answer.status), "stdout": .text(String(decoding: answer.body, as: UTF8.self))]
    guard let json = RunValue(json: answer.body[...]) else { return out }
    out["json"] = json
    out["value"] = prometheus(json) ?? (json.argument == nil ? nil : json)
    return out
  }

  /// `{"status":"success","data":{"resultType":"vector","result":[{"value":[at,"5"]}]}}`. An empty answer has no value: unknown is not zero.
  private static func prometheus(_ json: RunValue) -> RunValue? {
    guard case .map(let top) = json, case .map(let data)? = top["data"], case .text(let kind)? = data["resultType"] else { return nil }
    let pair: RunValue?
    switch (kind, data["result"]) {
    case ("scalar", let value): pair = value
    case ("vector", .list(let rows)?) where rows.count == 1:
      guard case .map(let row) = rows[0] else { return nil }
      pair = row["value"]
    default: pair = nil
    }
    guard case .list(let parts)? = pair, parts.count == 2, case .text(let text) = parts[1], let number = Double(text), number.isFinite
    else {
      return nil
    }
    return number == number.rounded() && number.magnitude < 9e15 ? .int(Int(number)) : .number(number)
  }
}
