import AsyncHTTPClient
import Gate
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import OpsModel

/// Speaks with one HTTP server: everything has a limit. Redirects are followed on the same server only, since headers may hold a password;
/// a server that asks to be left alone (`Retry-After`) is.
actor HTTPLink {
  let address: HTTPAddress
  private let settings: HTTPSettings
  private let limits: HTTPLimits
  private let clock: any OpsClock
  private var client: HTTPClient?
  private var isClosed = false
  /// The server asked not to be asked before.
  private var notBefore: Moment?

  init(_ address: HTTPAddress, _ settings: HTTPSettings = HTTPSettings(), limits: HTTPLimits = HTTPLimits(), clock: any OpsClock) {
    self.address = address
    self.settings = settings
    self.limits = limits
    self.clock = clock
  }

  /// - Parameters:
  ///   - path: after the address's own path, percent-encoded.
  ///   - form: sent as a form by POST where it is given.
  /// - Throws: `Failure`.
  func get(_ path: String, accept: String = "application/json") async throws(Failure) -> HTTPAnswer {
    try await ask(.GET, path, accept: accept, body: nil, type: nil)
  }

  func post(_ path: String, form: [(String, String)]) async throws(Failure) -> HTTPAnswer {
    let text = form.map { "\(HTTPAddress.encoded($0.0))=\(HTTPAddress.encoded($0.1))" }.joined(separator: "&")
    return try await ask(.POST, path, accept: "application/json", body: Array(text.utf8), type: "application/x-www-form-urlencoded")
  }

  // What changes something takes the permit of the gate.

  func create(_ path: String, json: [UInt8], _ permit: Permit) async throws(Failure) -> HTTPAnswer {
    try await ask(.POST, path, accept: "application/json", body: json, type: "application/json")
  }

  func delete(_ path: String, _ permit: Permit) async throws(Failure) -> HTTPAnswer {
    try await ask(.DELETE, path, accept: "application/json", body: nil, type: nil)
  }

  // Requests of runbooks.

  func look(_ method: String, _ target: String) async throws(Failure) -> HTTPAnswer {
    try await ask(method == "HEAD" ? .HEAD : .GET, target, accept: "application/json", body: nil, type: nil)
  }

  /// - Parameter key: the header Idempotency-Key.
  func send(_ method: String, _ target: String, json: [UInt8]?, key: String, _ permit: Permit) async throws(Failure) -> HTTPAnswer {
    // A change is not sent to another place than the one that was shown: whoever redirects it has not done it.
    try await one(
      HTTPMethod(rawValue: method), address.origin + address.path + target, "application/json", json,
      json == nil ? nil : "application/json",
      more: [("Idempotency-Key", key)]
    ).answer
  }

  // A client that is dropped without this ends the program in debug builds.
  deinit { client?.shutdown { _ in } }

  func close() async {
    isClosed = true
    let made = client
    client = nil
    try? await made?.shutdown()
  }

  private func ask(_ method: HTTPMethod, _ path: String, accept: String, body: [UInt8]?, type: String?) async throws(Failure) -> HTTPAnswer
  {
    if let notBefore, clock.now() < notBefore {
      throw .notReady("the server asked to be left alone for \(Units.age(notBefore.age(since: clock.now()) + 0.999)) more")
    }
    var target = address.origin + address.path + path
    for _ in 0..<4 {
      let answer = try await one(method, target, accept, body, type)
      guard let next = answer.next else { return answer.answer }
      target = next
    }
    throw .declined(.redirectLoop(address.shown))
  }

  private typealias Step = (answer: HTTPAnswer, next: String?)

  private func one(
    _ method: HTTPMethod, _ target: String, _ accept: String, _ body: [UInt8]?, _ type: String?, more: [(name: String, value: String)] = []
  ) async throws(Failure) -> Step {
    var request = HTTPClientRequest(url: target)
    request.method = method
    request.headers.add(name: "Accept", value: accept)
    request.headers.add(name: "Accept-Encoding", value: "gzip")
    request.headers.add(name: "User-Agent", value: "opsconsole")
    if let authorization = settings.authorization { request.headers.add(name: "Authorization", value: authorization) }
    for header in settings.headers + more { request.headers.add(name: header.name, value: header.value) }
    if let type { request.headers.add(name: "Content-Type", value: type) }
    if let body { request.body = .bytes(body) }
    let asked = request
    let client = try made()
    let limits = limits
    let began = clock.now()
    do {
      let found = try await Self.within(limits.total) { () async throws -> (HTTPClientResponse, [UInt8]) in
        let response = try await client.execute(asked, deadline: .now() + .milliseconds(Int64(limits.total * 1000)))
        // What redirects or refuses is not read in full: some kilobytes tell why.
        let isGood = (200..<300).contains(Int(response.status.code))
        return (response, try await Self.collect(response.body, limit: isGood ? limits.body : 65_536, isStrict: isGood))
      }
      return try step(found.0, found.1, from: target)
    } catch {
      throw Hiding.process.failure(HTTPFailure.of(error, address, limits, waited: clock.now().age(since: began)))
    }
  }

  private static func collect(_ body: HTTPClientResponse.Body, limit: Int, isStrict: Bool) async throws -> [UInt8] {
    var out: [UInt8] = []
    for try await piece in body {
      if out.count + piece.readableBytes > limit {
        if isStrict { throw Failure.tooLarge(what: "the answer", limit: limit) }
        return out
      }
      out.append(contentsOf: piece.readableBytesView)
    }
    return out
  }

  private func step(_ response: HTTPClientResponse, _ body: [UInt8], from target: String) throws -> Step {
    let status = Int(response.status.code)
    // People read a refusal, and many servers repeat what they received: secrets are hidden before the text is cut.
    let shown = (200..<300).contains(status) ? body : Hiding.process.bytes(body)
    let answer = HTTPAnswer(status: status, contentType: response.headers.first(name: "Content-Type") ?? "", body: shown)
    if [301, 302, 303, 307, 308].contains(status), let place = response.headers.first(name: "Location") {
      return (answer, try redirect(place))
    }
    if status == 429 || status == 503, let text = response.headers.first(name: "Retry-After"),
      let wait = HTTPDate.wait(text, now: clock.now().unix)
    {
      notBefore = clock.now().advanced(by: min(600, max(1, wait)))
    }
    return (answer, nil)
  }

  /// - Throws: `Failure.declined` for another server.
  private func redirect(_ place: String) throws(Failure) -> String {
    if place.hasPrefix("/") && !place.hasPrefix("//") { return address.origin + place }
    if let next = try? HTTPAddress(url: place), next.origin == address.origin { return place }
    let there = SafeText(escaping: place, limit: 120)
    throw .declined(.otherServer(address.shown, there))
  }

  private func made() throws(Failure) -> HTTPClient {
    if let client { return client }
    if isClosed { throw .closed(address: address.shown) }
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(
      connect: .milliseconds(Int64(limits.connect * 1000)), read: .milliseconds(Int64(limits.total * 1000)))
    configuration.decompression = .enabled(limit: .size(limits.body))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4
    configuration.connectionPool.idleTimeout = .seconds(30)
    configuration.httpVersion = .http1Only
    if address.isTLS {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.minimumTLSVersion = .tlsv12
      if let authority = settings.authority {
        do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority)) } catch {
          throw .tls("the CA file \(SafeText(escaping: authority)) can not be used: \(SafeText(escaping: "\(error)", limit: 160))")
        }
      }
      configuration.tlsConfiguration = tls
    }
    let made = HTTPClient(eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    client = made
    return made
  }

  /// A body that trickles has a deadline as well.
  private static func within<Result: Sendable>(_ seconds: Double, _ body: @escaping @Sendable () async throws -> Result) async throws
    -> Result
  {
    try await withThrowingTaskGroup(of: Result.self) { group in
      group.addTask(operation: body)
      group.addTask {
        try await Task.sleep(for: .seconds(seconds + 0.2))
        throw HTTPClientError.deadlineExceeded
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw HTTPClientError.cancelled }
      return first
    }
  }
}
