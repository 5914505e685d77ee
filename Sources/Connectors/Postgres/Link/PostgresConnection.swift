import CLibPQ
import Dispatch
import Glibc
import OpsModel

/// One libpq connection in its asynchronous form. Used on one queue only; every wait is a `poll(2)` with a deadline.
final class PostgresConnection {
  /// Seconds.
  static let connectDeadline = 3.0
  static let queryDeadline = 2.5

  private let settings: PostgresSettings
  private let clock: any OpsClock
  private var link: OpaquePointer?
  /// Statements that stand prepared on this connection.
  private var names: [String: String] = [:]
  /// Where the last attempt went, for messages and for knocking.
  private(set) var place: RedisAddress.Place?
  private(set) var shown: SafeText = "postgres"

  init(settings: PostgresSettings, clock: any OpsClock) {
    self.settings = settings
    self.clock = clock.machine
  }

  deinit { close() }

  var isOpen: Bool { link.map { PQstatus($0) == CONNECTION_OK } ?? false }

  func close() {
    if let link { PQfinish(link) }
    link = nil
    names = [:]
  }

  /// Seconds that one statement may take; longer than the server's own limit, which ends it in order.
  var deadline = PostgresConnection.queryDeadline

  /// Connects if need be. Name look-up inside libpq can not be given a deadline; the caller stops waiting by itself.
  /// - Returns: whether this is a new connection, behind which another server may stand.
  @discardableResult
  func open() throws(Failure) -> Bool {
    if isOpen { return false }
    close()
    let began = clock.now()
    let started = settings.withParameters { PQconnectStartParams($0, $1, 1) }
    guard let started else { throw .notReady("libpq has no memory for a connection") }
    link = started
    // The default prints what the server says to standard error, which belongs to the screen.
    PQsetNoticeProcessor(started, { _, _ in }, nil)
    guard PQstatus(started) != CONNECTION_BAD else { throw failed(began) }
    var wanted = Int16(POLLOUT)
    while true {
      remember(started)
      try wait(for: wanted, since: began, deadline: Self.connectDeadline, doing: "connecting to \(shown)")
      switch PQconnectPoll(started) {
      case PGRES_POLLING_OK:
        remember(started)
        return true
      case PGRES_POLLING_READING: wanted = Int16(POLLIN)
      case PGRES_POLLING_WRITING: wanted = Int16(POLLOUT)
      default:
        remember(started)
        throw failed(began)
      }
    }
  }

  /// Runs one statement with parameters as text, and returns its rows as bytes.
  /// - Throws: `Failure`; the connection is closed where its state is not known any more.
  func rows(_ sql: String, _ parameters: [String] = []) throws(Failure) -> [PostgresRow] {
    var rows: [PostgresRow] = []
    try exchange({ self.send(sql, parameters, $0) }, taking: { Self.read($0, into: &rows) })
    return rows
  }

  /// The same with names and types of the columns. A parameter that is nil is NULL; none of them holds a NUL.
  func table(_ sql: String, _ parameters: [[UInt8]?]) throws(Failure) -> PostgresTable {
    var table = PostgresTable()
    try exchange(
      { self.send(sql, parameters, $0) },
      taking: { result in
        table.names = (0..<PQnfields(result)).map { column in PQfname(result, column).map { String(cString: $0) } ?? "" }
        table.types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        Self.read(result, into: &table.rows)
        // `PQcmdTuples` also counts the rows of a SELECT.
        let isReading = PQcmdStatus(result).map { String(cString: $0).hasPrefix("SELECT") } ?? false
        table.affected = isReading ? nil : PQcmdTuples(result).flatMap { Int(String(cString: $0)) }
      })
    return table
  }

  private func send(_ sql: String, _ parameters: [[UInt8]?], _ link: OpaquePointer) -> Int32 {
    let copies = parameters.map { bytes in bytes.flatMap { strdup(String(decoding: $0, as: UTF8.self)) } }
    defer { for copy in copies { free(copy) } }
    let values = copies.map { UnsafePointer($0) }
    return PQsendQueryParams(link, sql, Int32(parameters.count), nil, values, nil, nil, 0)
  }

  /// Runs one statement and hands out its rows in the binary form of the protocol: a tenth of the work where there are thousands.
  func binary(_ sql: String, _ body: (PostgresBinaryRow) -> Void) throws(Failure) {
    let name = try prepared(sql)
    try exchangeOrForget(
      { PQsendQueryPrepared($0, name, 0, nil, nil, nil, 1) },
      taking: { result in
        for row in 0..<PQntuples(result) { body(PostgresBinaryRow(result: result, row: row)) }
      })
  }

  /// The same for a statement that is asked again and again: it is parsed and planned once per connection.
  func polled(_ sql: String) throws(Failure) -> [PostgresRow] {
    let name = try prepared(sql)
    var rows: [PostgresRow] = []
    try exchangeOrForget({ PQsendQueryPrepared($0, name, 0, nil, nil, nil, 0) }, taking: { Self.read($0, into: &rows) })
    return rows
  }

  /// The name of a statement that stands prepared.
  private func prepared(_ sql: String) throws(Failure) -> String {
    if let name = names[sql] { return name }
    let name = "opsc_\(names.count)"
    try prepare(name, sql)
    names[sql] = name
    return name
  }

  /// What was planned may not fit any more, after an extension was updated: then the connection is given up and made anew.
  private func exchangeOrForget(_ begin: (OpaquePointer) -> Int32, taking take: (OpaquePointer) -> Void) throws(Failure) {
    do throws(Failure) { try exchange(begin, taking: take) } catch {
      if case .refused(let code, _) = error, code == "0A000" || code == "26000" { close() }
      throw error
    }
  }

  /// By the simple protocol, which some statements need. The text may hold several statements: it is for texts of our own, or such as
  /// were prepared before, which refuses more than one.
  func simple(_ sql: String) throws(Failure) -> [PostgresRow] {
    var rows: [PostgresRow] = []
    try exchange({ PQsendQuery($0, sql) }, taking: { Self.read($0, into: &rows) })
    return rows
  }

  /// Parses one statement, and refuses several.
  func prepare(_ name: String, _ sql: String) throws(Failure) {
    try exchange({ PQsendPrepare($0, name, sql, 0, nil) }, taking: { _ in })
  }

  /// How many parameters a prepared statement has.
  func parameterCount(_ name: String) throws(Failure) -> Int {
    var count = 0
    try exchange({ PQsendDescribePrepared($0, name) }, taking: { count = Int(PQnparams($0)) })
    return count
  }

  private func exchange(_ begin: (OpaquePointer) -> Int32, taking take: (OpaquePointer) -> Void) throws(Failure) {
    guard let link else { throw .closed(address: shown) }
    let began = clock.now()
    guard begin(link) == 1 else { throw broken() }
    while true {
      let left = PQflush(link)
      if left == 0 { break }
      if left < 0 { throw broken() }
      try wait(for: Int16(POLLOUT | POLLIN), since: began, deadline: deadline, doing: shown)
      guard PQconsumeInput(link) == 1 else { throw broken() }
    }
    var refusal: Failure?
    while true {
      while PQisBusy(link) == 1 {
        try wait(for: Int16(POLLIN), since: began, deadline: deadline, doing: shown)
        guard PQconsumeInput(link) == 1 else { throw broken() }
      }
      guard let result = PQgetResult(link) else { break }
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK: take(result)
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        // It would go on for ever: nobody here copies.
        close()
        throw .declined(.copyIsNotSpoken)
      default: refusal = refusal ?? Self.refused(result)
      }
    }
    if let refusal {
      if PQstatus(link) != CONNECTION_OK { close() }
      throw refusal
    }
  }

  private func send(_ sql: String, _ parameters: [String], _ link: OpaquePointer) -> Int32 {
    if parameters.isEmpty { return PQsendQueryParams(link, sql, 0, nil, nil, nil, nil, 0) }
    let copies = parameters.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let values = copies.map { UnsafePointer($0) }
    return PQsendQueryParams(link, sql, Int32(parameters.count), nil, values, nil, nil, 0)
  }

  private static func read(_ result: OpaquePointer, into rows: inout [PostgresRow]) {
    for row in 0..<PQntuples(result) {
      rows.append(
        PostgresRow(
          (0..<PQnfields(result)).map { column in
            guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else { return nil }
            let length = Int(PQgetlength(result, row, column))
            return value.withMemoryRebound(to: UInt8.self, capacity: length) { Array(UnsafeBufferPointer(start: $0, count: length)) }
          }))
    }
  }

  private static func refused(_ result: OpaquePointer) -> Failure {
    let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
    let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? ""
    return PostgresFailure.of(state: state, message: message)
  }

  // MARK: Waiting and failing

  /// Asked while a statement runs: false ends it, and the server answers that it was cancelled.
  var isWanted: (@Sendable () -> Bool)? {
    didSet { isAskedToEnd = false }
  }
  private var isAskedToEnd = false

  /// Seconds between two looks whether a statement is still wanted.
  private static let glance = 0.2

  /// By a connection of its own, on a thread of its own: the time of this one goes on.
  private func askToEnd(_ link: OpaquePointer) {
    guard !isAskedToEnd, let order = PQgetCancel(link) else { return }
    isAskedToEnd = true
    let bits = UInt(bitPattern: order)
    DispatchQueue.global().async {
      guard let order = OpaquePointer(bitPattern: bits) else { return }
      var words = [CChar](repeating: 0, count: 256)
      _ = PQcancel(order, &words, Int32(words.count))
      PQfreeCancel(order)
    }
  }

  private func wait(for events: Int16, since began: Moment, deadline: Double, doing what: SafeText) throws(Failure) {
    guard let link else { throw .closed(address: shown) }
    let socket = PQsocket(link)
    guard socket >= 0 else { throw failed(began) }
    while true {
      let left = deadline - clock.now().age(since: began)
      if left <= 0 {
        close()
        throw .timedOut(what: what, waited: deadline)
      }
      if let isWanted, !isWanted() { askToEnd(link) }
      var wanted = pollfd(fd: socket, events: events, revents: 0)
      let count = poll(&wanted, 1, Int32((isWanted == nil ? left : min(left, Self.glance)) * 1000) + 1)
      if count > 0 { return }
      if count < 0 && errno != EINTR {
        close()
        throw .closed(address: shown)
      }
    }
  }

  private func failed(_ began: Moment) -> Failure {
    let message = link.map { String(cString: PQerrorMessage($0)) } ?? ""
    close()
    return PostgresFailure.connecting(message, shown, settings.isParsed)
  }

  private func broken() -> Failure {
    close()
    return .closed(address: shown)
  }

  private func remember(_ link: OpaquePointer) {
    guard let host = PQhost(link).map({ String(cString: $0) }), let port = PQport(link).flatMap({ Int(String(cString: $0)) }) else {
      return
    }
    if host.hasPrefix("/") || host.isEmpty {
      let folder = host.isEmpty ? "/var/run/postgresql" : host
      place = .socket(path: "\(folder)/.s.PGSQL.\(port)")
      shown = "postgres at \(SafeText(escaping: folder)):\(port)"
    } else {
      place = .tcp(host: host, port: port)
      shown = "postgres at \(SafeText(escaping: host)):\(port)"
    }
  }
}
