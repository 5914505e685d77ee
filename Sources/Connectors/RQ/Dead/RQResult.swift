import OpsModel

/// The newest entry of a job's result stream (`rq:results:<id>`, RQ 1.12 and newer): `type` 2 is a failure, and `exc_string` is
/// base64 of zlib of the traceback.
struct RQResult {
  private var values: [RedisValue] = []
  /// When it was written, a unix time, from the entry's id.
  private(set) var at: Double?

  /// - Parameter reply: of `XREVRANGE … COUNT 1`.
  init(_ reply: RedisValue) {
    guard let entry = reply.array?.first?.array, entry.count == 2, let values = entry[1].array else { return }
    at = entry[0].plain.flatMap { Double($0.prefix { $0 != "-" }) }.map { $0 / 1000 }
    self.values = values
  }

  private static let text = Array("exc_string".utf8)
  private static let workerName = Array("worker_name".utf8)

  private func field(_ name: [UInt8]) -> [UInt8]? {
    let place = stride(from: 0, to: values.count - 1, by: 2).first { values[$0].bytes == name }
    return place.flatMap { values[$0 + 1].bytes }
  }

  var isFailure: Bool { field(Self.text) != nil }
  var worker: [UInt8]? { field(Self.workerName) }

  func traceback(_ inflater: inout Inflater) -> [UInt8]? {
    guard let text = field(Self.text), let packed = Base64Text.decode(text) else { return nil }
    return inflater.inflate(packed)?.bytes
  }
}
