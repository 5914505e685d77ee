import OpsModel

/// What uWSGI's stats server tells. Named fields alone are taken: `vars` of a core holds the headers of its request, cookies and tokens among
/// them, and is never kept.
struct UwsgiStats {
  struct Core {
    let isBusy: Bool
    /// Seconds since 1970.
    let began: Double?
  }

  struct Worker {
    let id: Int
    let pid: Int
    let status: String
    let requests: Double
    let exceptions: Double
    let harakiri: Int
    /// Bytes; 0 where the server does not measure it.
    let rss: Double
    /// Seconds, a moving mean.
    let average: Double
    let cores: [Core]

    var isCheap: Bool { status == "cheap" }
  }

  let version: SafeText
  let pid: Int?
  let listenQueue: Int
  let sockets: [(name: SafeText, queue: Int, limit: Int)]
  let workers: [Worker]

  /// - Parameter text: JSON, perhaps behind a head of HTTP.
  init(_ text: [UInt8]) throws(Failure) {
    var body = text[...]
    if text.starts(with: "HTTP/".utf8), let end = text.firstRange(of: Array("\r\n\r\n".utf8)) { body = text[end.upperBound...] }
    guard let fields = JSONScan.object(body), let list = fields["workers"].flatMap({ JSONScan.array($0) }) else {
      throw .garbage(SafeText(bytes: body.prefix(40)))
    }
    version = AlertLabels.text(fields["version"]) ?? "?"
    pid = JSONScan.number(fields["pid"]).map { Int(clamped: $0) }
    listenQueue = Int(clamped: JSONScan.number(fields["listen_queue"]) ?? 0)
    sockets = (fields["sockets"].flatMap { JSONScan.array($0) } ?? []).prefix(32).compactMap { slice in
      guard let one = JSONScan.object(slice), let name = AlertLabels.text(one["name"]) else { return nil }
      return (name, Int(clamped: JSONScan.number(one["queue"]) ?? 0), Int(clamped: JSONScan.number(one["max_queue"]) ?? 0))
    }
    workers = list.prefix(2048).compactMap { Self.worker($0) }
  }

  private static func worker(_ slice: JSONScan.Slice) -> Worker? {
    guard let fields = JSONScan.object(slice), let pid = JSONScan.number(fields["pid"]) else { return nil }
    func number(_ key: String) -> Double { JSONScan.number(fields[key]) ?? 0 }
    let cores = (fields["cores"].flatMap { JSONScan.array($0) } ?? []).prefix(1024).compactMap { slice -> Core? in
      guard let core = JSONScan.object(slice) else { return nil }
      let began = core["req_info"].flatMap { JSONScan.object($0) }.flatMap { JSONScan.number($0["request_start"]) }
      return Core(isBusy: (JSONScan.number(core["in_request"]) ?? 0) > 0, began: began)
    }
    return Worker(
      id: Int(clamped: number("id")), pid: Int(clamped: pid), status: AlertLabels.text(fields["status"])?.text ?? "?",
      requests: number("requests"),
      exceptions: number("exceptions"), harakiri: Int(clamped: number("harakiri_count")), rss: number("rss"),
      average: number("avg_rt") / 1e6, cores: Array(cores))
  }
}
