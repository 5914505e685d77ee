import Gate
import OpsModel

/// Requests of runbooks. Redirects are followed on the same server and only by what reads.
actor HTTPSteps: StepServer {
  static let kind = StepServerKind { (settings, _, clock) throws(Failure) in try HTTPSteps(settings, clock) }

  /// Bytes of an answer that a runbook sees.
  static let longest = 1 << 20

  private let address: HTTPAddress
  private let settings: HTTPSettings
  private let clock: any OpsClock

  init(_ settings: SourceSettings, _ clock: any OpsClock) throws(Failure) {
    address = try HTTPAddress(url: settings.url, usualPort: Self.ports[settings.kind])
    self.settings = try HTTPSettings(settings, address)
    self.clock = clock
  }

  private static let ports = ["prometheus": 9090, "alertmanager": 9093]

  func look(_ call: StepCall, _ terms: StepTerms) async -> AttemptEnd {
    guard case .http(let method, let target, _, let expected, _) = call, method == "GET" || method == "HEAD" else {
      return .refused("only GET and HEAD look", nil)
    }
    let link = link(terms)
    defer { Task { await link.close() } }
    do throws(Failure) {
      let answer = try await terms.ending(by: link.close) { () throws(Failure) in try await link.look(method, target) }
      return end(of: answer, expected, terms)
    } catch { return end(after: error, terms) }
  }

  func perform(_ call: StepCall, _ terms: StepTerms, _ permit: Permit) async -> AttemptEnd {
    guard case .http(let method, let target, let body, let expected, let key) = call else {
      return .refused("an HTTP server takes requests", nil)
    }
    let link = link(terms)
    defer { Task { await link.close() } }
    do throws(Failure) {
      let answer = try await terms.ending(by: link.close) { () throws(Failure) in
        try await link.send(method, target, json: body, key: key, permit)
      }
      return end(of: answer, expected, terms)
    } catch { return end(after: error, terms) }
  }

  func close() async {}

  private func link(_ terms: StepTerms) -> HTTPLink {
    var limits = HTTPLimits()
    limits.body = Self.longest
    limits.total = terms.timeout
    limits.connect = min(3, terms.timeout)
    return HTTPLink(address, settings, limits: limits, clock: clock)
  }

  /// Only what fails while connecting has sent nothing.
  private func end(after failure: Failure, _ terms: StepTerms) -> AttemptEnd {
    switch failure {
    case .unreachable, .unknownHost, .settings: .notSent(failure.what)
    case _ where !terms.isWanted(): .cancelled("stopped by the operator before \(address.shown) had answered")
    default: AttemptEnd(after: failure)
    }
  }

  private func end(of answer: HTTPAnswer, _ expected: [Int], _ terms: StepTerms) -> AttemptEnd {
    let outputs = HTTPOutputs.outputs(answer)
    let isWell = expected.isEmpty ? terms.takesAnyAnswer || (200..<300).contains(answer.status) : expected.contains(answer.status)
    if isWell { return .done(outputs) }
    let body = Hiding.process.bytes(Array(answer.body.prefix(65_536)))
    let says = SafeText(bytes: body.prefix(200).filter { $0 != 0x0A && $0 != 0x0D }, limit: 160)
    // A proxy that gave up does not know what became of it behind it.
    if !terms.isRead, [408, 502, 504].contains(answer.status) { return .lost("\(address.shown) answers \(answer.status): \(says)") }
    return .refused("\(address.shown) answers \(answer.status): \(says)", .http(answer.status))
  }
}
