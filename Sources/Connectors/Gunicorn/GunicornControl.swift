import OpsModel

/// The control socket of gunicorn (25.1 and later): a length of four bytes, big-endian, and JSON. It would take commands that stop workers as
/// well; only `show` is ever sent.
struct GunicornControl: Sendable {
  /// What is asked for.
  enum Subject: String { case workers, stats, config }

  let path: String

  /// `data` of the answer.
  func show(_ subject: Subject) async throws(Failure) -> [String: JSONScan.Slice] {
    let text = Array("{\"id\":1,\"command\":\"show\",\"args\":[\"\(subject.rawValue)\"]}".utf8)
    let length = UInt32(text.count)
    let question = (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) } + text
    let answer = try await Exchange.ask(.socket(path: path), saying: question, limits: .init(size: 4 << 20, total: 2)) {
      Self.body($0) != nil
    }
    guard let body = Self.body(answer), let fields = JSONScan.object(body) else { throw .garbage(SafeText(bytes: answer.prefix(40))) }
    guard AlertLabels.text(fields["status"]) == "ok", let data = fields["data"].flatMap({ JSONScan.object($0) }) else {
      throw .refused(code: "", message: "gunicorn answers: \(AlertLabels.text(fields["error"]) ?? SafeText(bytes: body.prefix(120)))")
    }
    return data
  }

  private static func body(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 4 else { return nil }
    let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    return bytes.count >= 4 + length ? Array(bytes[4..<(4 + length)]) : nil
  }
}
