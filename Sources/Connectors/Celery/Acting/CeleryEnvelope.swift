import OpsModel

/// A new message made of a stored result (protocol 2, as `celery.app.amqp` writes it). Name, arguments and id are taken over byte for byte;
/// what results do not hold is as for a plain call.
enum CeleryEnvelope {
  /// - Parameters:
  ///   - arguments: other arguments than the stored ones, as JSON: a list and an object.
  /// - Returns: nil where the result lacks something that a message needs.
  static func make(
    of result: CeleryResult, id: [UInt8], queue: [UInt8], tag: String, origin: SafeText, arguments: (list: [UInt8], named: [UInt8])? = nil
  ) -> [UInt8]? {
    guard result.whyNot == nil, let name = result.fields["name"], let args = arguments?.list[...] ?? result.fields["args"],
      let kwargs = arguments?.named[...] ?? result.fields["kwargs"]
    else { return nil }
    let options = #"{"callbacks": null, "errbacks": null, "chain": null, "chord": null}"#
    let body = Array("[".utf8) + args + Array(", ".utf8) + kwargs + Array(", \(options)]".utf8)
    let identity = text(id)
    var out = Array(#"{"body": ""#.utf8) + Array(Base64Text.encode(body).utf8)
    out += Array(#"", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "#.utf8) + name
    out += Array(#", "id": "#.utf8) + identity
    out += Array(#", "shadow": null, "eta": null, "expires": null, "group": "#.utf8) + (result.fields["group_id"] ?? null)
    out += Array(#", "group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "#.utf8) + identity
    out += Array(#", "parent_id": "#.utf8) + (result.fields["parent_id"] ?? null)
    out += Array(#", "argsrepr": "#.utf8) + text(Array(args.prefix(1024))) + Array(#", "kwargsrepr": "#.utf8)
    out += text(Array(kwargs.prefix(1024)))
    out += Array(#", "origin": "#.utf8) + text(Array(origin.text.utf8))
    out += Array(#", "ignore_result": false, "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {}}, "#.utf8)
    out += Array(#""properties": {"correlation_id": "#.utf8) + identity
    out += Array(#", "reply_to": ""#.utf8) + Array(CeleryMarks.uuid().utf8)
    out += Array(#"", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "#.utf8) + text(queue)
    out += Array(#"}, "priority": 0, "body_encoding": "base64", "delivery_tag": ""#.utf8) + Array(tag.utf8) + Array(#""}}"#.utf8)
    return out
  }

  private static let null = Array("null".utf8)[...]

  /// A JSON string. Bytes that are no UTF-8 become U+FFFD: they only stand in texts for people.
  private static func text(_ bytes: [UInt8]) -> [UInt8] {
    var out = [UInt8(ascii: "\"")]
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: out += [0x5C, UInt8(scalar.value)]
      case ..<0x20:
        let digits = String(scalar.value, radix: 16)
        out += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      default: out += Array(String(scalar).utf8)
      }
    }
    return out + [UInt8(ascii: "\"")]
  }
}
