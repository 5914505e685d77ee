import Gate
import NIOCore
import NIOPosix
import NIOSSL
import OpsModel

/// One connection to one Redis, made when it is needed and kept. Every step has a deadline.
actor RedisClient {
  struct Limits: Sendable {
    /// Seconds for TCP, name look-up included.
    var connect = 3.0
    /// Seconds from sending a batch to its last reply.
    var operation = 2.0
    /// Bytes of one reply.
    var replyBytes = 64 * 1_048_576
  }

  let address: RedisAddress
  private let limits: Limits
  private let tls: NIOSSLContext?
  private let clock: any OpsClock
  private let pattern: [UInt8]?
  private let onPush: @Sendable (RedisPush) -> Void
  private var channel: (any Channel)?
  private var connecting: Task<any Channel, any Error>?
  private var isClosed = false
  /// What others on the server see in `CLIENT LIST`.
  private let name: String
  /// Why this account may not listen; nil where it may, or where nothing is listened for.
  private(set) var deafness: SafeText?
  private var companyRead: RedisCompany
  /// Another account acts: of its rights nothing is known here.
  private let hasOwnWriter: Bool
  private var standing: SafeText?
  private var standingAt: Moment?
  private var rights: SafeText?
  private var rightsAt: Moment?
  /// What `INFO server` said when the connection was made.
  private(set) var server = RedisServer()

  /// - Parameter pattern: messages of channels that match are handed to `onPush` as long as no command is under way; the same
  ///   connection serves both, so that a source keeps one connection open.
  init(
    address: RedisAddress, tls: NIOSSLContext?, limits: Limits = Limits(), clock: any OpsClock, name: String = "opsconsole",
    presence: Presence? = nil, hasOwnWriter: Bool = false, pattern: [UInt8]? = nil,
    onPush: @escaping @Sendable (RedisPush) -> Void = { _ in }
  ) {
    self.address = address
    self.tls = tls
    self.limits = limits
    self.clock = clock
    self.name = name
    companyRead = RedisCompany(own: presence)
    self.hasOwnWriter = hasOwnWriter
    self.pattern = pattern
    self.onPush = onPush
  }

  /// Runs commands as one pipeline, in batches of at most 200, and returns one reply for each.
  /// - Throws: `Failure` where the connection fails or the server refuses all of it. An error of one command stays in its reply.
  func run(_ commands: [RedisCommand]) async throws(Failure) -> [RedisValue] { try await run(RedisPipeline(commands)) }

  /// The same with commands that were formatted before.
  func run(_ pipeline: RedisPipeline) async throws(Failure) -> [RedisValue] {
    guard !isClosed else { throw .closed(address: address.shown) }
    guard pipeline.count > 0 else { return [] }
    let channel = try await connected()
    let pattern = deafness == nil ? pattern : nil
    let all = pattern.map { pipeline.between(RedisCommand(.punsubscribe, $0), RedisCommand(.psubscribe, $0)) } ?? pipeline
    var replies: [RedisValue]
    do throws(Failure) { replies = try await send(all, on: channel) } catch {
      // What was sent may have been carried out: a connection that breaks is no refusal, however it breaks.
      switch error {
      case .unreachable, .tls, .unknownHost: throw .closed(address: address.shown)
      default: throw error
      }
    }
    if pattern != nil {
      replies.removeFirst()
      replies.removeLast()
    }
    for case .error(let message) in replies { if let failure = RedisFailure.fatal(message) { throw failure } }
    return replies
  }

  /// Other consoles at this server, as they were a minute ago at most; nil where this account may not ask.
  func company() async -> [Presence]? {
    let now = clock.now()
    if companyRead.isDue(at: now) {
      let reply = try? await run([RedisCommand(.client, texts: "LIST")])
      if let reply { companyRead.take(reply[0], at: now) }
    }
    return companyRead.others
  }

  /// Why nothing could be changed here, as it was some seconds ago at most: the server refuses writes, or this account lacks the rights.
  /// - Parameters:
  ///   - wanted: what acting needs, at the least; asked of the account that would act, where that is this one.
  func lookOnly(_ wanted: [RedisPermissions.Wanted]) async -> LookOnly? {
    let now = clock.now()
    if standingAt.map({ now.age(since: $0) >= Self.standingAge }) ?? true {
      standingAt = now
      let replies = (try? await run(RedisStanding.commands)) ?? []
      standing = await refusal(replies)?.what
      // Who may not ask is not logged for it again and again.
      if replies.contains(where: { if case .error = $0 { true } else { false } }) { standingAt = now.advanced(by: Self.refusedAge) }
    }
    if let standing { return LookOnly(standing, isFault: true) }
    guard !hasOwnWriter else { return nil }
    if rightsAt.map({ now.age(since: $0) >= Self.rightsAge }) ?? true {
      rightsAt = now
      rights = nil
      do throws(Failure) { try await RedisPermissions.check(self, wanted, doing: "acting") } catch {
        if case .permission(_, let grant) = error { rights = grant }
      }
    }
    return rights.map { LookOnly($0, isFault: false) }
  }

  /// Seconds between two questions about the server's role, and about this account's rights.
  static let standingAge = 10.0
  static let rightsAge = 60.0
  /// So much more where this account may not ask for the role.
  static let refusedAge = 50.0

  /// - Throws: `Failure.declined` where the server takes no writes: asked before anything is promised.
  func requireWrites() async throws(Failure) {
    if let refusal = await refusal(try await run(RedisStanding.commands)) { throw .declined(refusal) }
  }

  private func refusal(_ replies: [RedisValue]) async -> Refusal? {
    let questions = RedisStanding.questions(replies)
    let settings = questions.isEmpty ? [] : try? await run(questions)
    return RedisStanding.refusal(replies, settings: settings ?? [])
  }

  /// Runs commands that change something, as one pipeline.
  func run(_ mutations: [RedisMutation], _ permit: Permit) async throws(Failure) -> [RedisValue] {
    try await run(mutations.map { RedisCommand($0, permit) })
  }

  /// See `Connector.knock`. Any answer will do, also a refusal.
  func knock() async -> Bool { await Knock.redis(address) }

  func close() async {
    isClosed = true
    connecting?.cancel()
    try? await channel?.close()
    channel = nil
  }

  // MARK: Connecting

  private func connected() async throws(Failure) -> any Channel {
    if let channel, channel.isActive { return channel }
    channel = nil
    let began = clock.now()
    let task = connecting ?? Task { try await self.connect() }
    connecting = task
    do {
      let made = try await task.value
      connecting = nil
      return made
    } catch {
      connecting = nil
      throw RedisFailure.of(error, address.shown, waited: clock.now().age(since: began))
    }
  }

  private func connect() async throws -> any Channel {
    let ended = FirstFailure()
    let made = try await open(ended)
    do {
      try await greet(made)
    } catch {
      made.close(promise: nil)
      if case .closed = error, let first = ended.value { throw first }
      throw error
    }
    channel = made
    return made
  }

  private func open(_ ended: FirstFailure) async throws -> any Channel {
    let shown = address.shown
    let limit = limits.replyBytes
    let onPush = onPush
    let tls = address.isTLS ? tls : nil
    let host: String? = if case .tcp(let host, _) = address.place { host } else { nil }
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.milliseconds(Int64(limits.connect * 1000)))
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls, let host { try channel.pipeline.syncOperations.addHandler(RedisTLS.handler(tls, host: host)) }
          try channel.pipeline.syncOperations.addHandler(RedisHandler(address: shown, byteLimit: limit, ended: ended, onPush: onPush))
        }
      }
    switch address.place {
    case .tcp(let host, let port): return try await bootstrap.connect(host: host, port: port).get()
    case .socket(let path): return try await bootstrap.connect(unixDomainSocketPath: path).get()
    }
  }

  /// Logs in, chooses the database, says who we are, and asks who the server is.
  private func greet(_ channel: any Channel) async throws(Failure) {
    var commands: [RedisCommand] = []
    if let password = address.password {
      commands.append(address.user.map { RedisCommand(.auth, texts: $0, password) } ?? RedisCommand(.auth, texts: password))
    }
    if address.database != 0 { commands.append(RedisCommand(.select, texts: String(address.database))) }
    let required = commands.count
    commands.append(RedisCommand(.client, texts: "SETNAME", name))
    // From 7.2 on: looking does not make keys look used. Older servers refuse it, and that is all.
    commands.append(RedisCommand(.client, texts: "NO-TOUCH", "on"))
    commands.append(RedisCommand(.info, texts: "server"))
    if let pattern { commands.append(RedisCommand(.psubscribe, pattern)) }
    let replies = try await send(RedisPipeline(commands), on: channel)
    for (index, reply) in replies.enumerated() {
      guard case .error(let message) = reply else { continue }
      if let failure = RedisFailure.fatal(message) { throw failure }
      if index < required { throw RedisFailure.of(message, doing: index == 0 && address.password != nil ? "AUTH" : "SELECT") }
    }
    server = RedisServer(info: replies[required + 2], at: clock.now())
    // An account that may not listen can still look.
    deafness = nil
    if let pattern, case .error(let message) = replies[replies.count - 1] {
      deafness = RedisFailure.of(message, doing: "subscribing to \(SafeText(bytes: pattern))").what
    }
  }

  private func send(_ pipeline: RedisPipeline, on channel: any Channel) async throws(Failure) -> [RedisValue] {
    let began = clock.now()
    let deadline = TimeAmount.milliseconds(Int64(limits.operation * 1000))
    let promises = pipeline.parts.map { part in
      let promise = channel.eventLoop.makePromise(of: [RedisValue].self)
      // On a channel that has closed meanwhile the batch never reaches the handler, and nobody else would fail its promise.
      channel.write(RedisBatch(part: part, replies: promise, deadline: deadline)).whenFailure { promise.fail($0) }
      return promise.futureResult
    }
    do {
      let all = try await EventLoopFuture.whenAllSucceed(promises, on: channel.eventLoop).get()
      return all.flatMap { $0 }
    } catch {
      self.channel = nil
      throw RedisFailure.of(error, address.shown, waited: clock.now().age(since: began))
    }
  }
}
