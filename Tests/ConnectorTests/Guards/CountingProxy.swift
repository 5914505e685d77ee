import Dispatch
import Glibc
import Synchronization

/// Stands between a connector and a Redis, and counts what goes through.
///
/// One thread serves all connections, so that the counts are exact: a round trip begins with a command that is sent
/// while no reply is outstanding.
final class CountingProxy: Sendable {
  struct Counts: Equatable, Sendable {
    var connections = 0
    var roundTrips = 0
    var commands: [String: Int] = [:]

    var total: Int { commands.values.reduce(0, +) }
  }

  private struct Link {
    let client: Int32
    let server: Int32
    var asked = RedisFrames()
    var answered = RedisFrames()
    var outstanding = 0
  }

  let port: Int
  private let file: Int32
  private let target: Int
  private let stopper: Int32
  private let stopped: Int32
  private let seen = Mutex(Counts())
  private let end = DispatchSemaphore(value: 0)

  /// - Parameter target: the port of the Redis.
  init(to target: Int) throws {
    (file, port) = try Loopback.listen()
    self.target = target
    var ends: [Int32] = [0, 0]
    _ = pipe(&ends)
    (stopped, stopper) = (ends[0], ends[1])
    DispatchQueue(label: "counting proxy").async { self.serve() }
  }

  var counts: Counts { seen.withLock { $0 } }

  /// Counts from zero again; connections stay counted, since they stay open.
  func reset() { seen.withLock { $0 = Counts(connections: $0.connections) } }

  func stop() {
    close(stopper)
    end.wait()
    close(stopped)
    close(file)
  }

  private func serve() {
    var links: [Link] = []
    while true {
      var files = ([stopped, file] + links.flatMap { [$0.client, $0.server] }).map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&files, nfds_t(files.count), -1) > 0 else { continue }
      if files[0].revents != 0 { break }
      var kept: [Link] = []
      for (index, link) in links.enumerated() {
        var link = link
        let isOpen = pass(&link, isAsked: files[2 + index * 2].revents != 0, isAnswered: files[3 + index * 2].revents != 0)
        if isOpen { kept.append(link) } else { Self.drop(link) }
      }
      links = kept
      if files[1].revents != 0, let link = accepted() { links.append(link) }
    }
    links.forEach(Self.drop)
    end.signal()
  }

  private func accepted() -> Link? {
    let client = accept(file, nil, nil)
    guard client >= 0, let server = try? Loopback.connect(target) else { return nil }
    seen.withLock { $0.connections += 1 }
    return Link(client: client, server: server)
  }

  /// Hands on what came. False at the end of either side.
  private func pass(_ link: inout Link, isAsked: Bool, isAnswered: Bool) -> Bool {
    if isAnswered {
      let bytes = Loopback.read(link.server)
      guard !bytes.isEmpty else { return false }
      link.outstanding -= link.answered.take(bytes).count
      Loopback.write(bytes, to: link.client)
    }
    if isAsked {
      let bytes = Loopback.read(link.client)
      guard !bytes.isEmpty else { return false }
      let commands = link.asked.take(bytes)
      let isNew = link.outstanding == 0 && !commands.isEmpty
      link.outstanding += commands.count
      seen.withLock { seen in
        if isNew { seen.roundTrips += 1 }
        for command in commands { seen.commands[RedisFrames.verb(command), default: 0] += 1 }
      }
      Loopback.write(bytes, to: link.server)
    }
    return true
  }

  private static func drop(_ link: Link) {
    close(link.client)
    close(link.server)
  }
}
