import OpsModel

/// What a job calls, as far as it can be read without unpickling: RQ's own description, or the JSON serializer's payload.
struct RQCall: Equatable {
  var name: SafeText?
  var arguments: SafeText?

  /// - Parameter data: the job's `data`: zlib of a pickle, or of a JSON array `[function, instance, args, kwargs]`.
  init(description: [UInt8]?, data: [UInt8]?) {
    if let data, let plain = Inflate.bounded(data, limit: 65_536), plain.first == UInt8(ascii: "["),
      let parts = JSONScan.array(plain), parts.count == 4
    {
      name = JSONScan.string(parts[0]).map { SafeText(bytes: $0, limit: 200) }
      let shown = JSONScan.isEmpty(parts[3]) ? Array(parts[2]) : Array(parts[2]) + Array(" ".utf8) + Array(parts[3])
      arguments = SafeText(bytes: shown, limit: 400)
      return
    }
    guard let description, !description.isEmpty else { return }
    let open = description.firstIndex(of: UInt8(ascii: "(")) ?? description.endIndex
    name = SafeText(bytes: description[..<open], limit: 200)
    if open < description.endIndex { arguments = SafeText(bytes: description[open...], limit: 400) }
  }
}
