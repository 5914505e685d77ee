public import OpsModel

/// What one step of a runbook asks of a server. Values are in their places: nothing in it is put together from texts any more.
public enum StepCall: Sendable {
  /// One statement by the extended protocol in one transaction.
  /// - rows: other numbers of changed rows roll it back.
  /// - operation: written into the table `opsc_ops` in the same transaction where the target has one.
  case sql(query: String, arguments: [RunValue], rows: ClosedRange<Int>?, operation: String)
  case redis([String])
  /// A walk over keys, and one command for each; `{key}` stands for the key.
  case redisScan(pattern: String, type: String?, most: Int, perSecond: Double, each: [String])
  /// - target: path and query, percent-encoded.
  /// - expected: answers that are well; 2xx where it is empty.
  /// - key: the same for every attempt: a server that knows it does it once.
  case http(method: String, target: String, body: [UInt8]?, expected: [Int], key: String)
}
