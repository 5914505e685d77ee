import CProcess
import Glibc
import OpsModel

/// Runs one program to its end, whatever it does: ignores signals, leaves others behind, prints without end, waits for input.
final class ChildRun {
  /// Bytes of its output that are kept in full; the rest is counted.
  static let longest = 16 << 20
  /// Bytes that are kept for outputs and for messages.
  static let kept = 1 << 20
  static let tailed = 65_536

  private let program: ChildProgram
  private let hand: ChildHand
  private let clock: any OpsClock
  private let output: (ArraySlice<UInt8>) -> Void
  private var masks: [SecretMask]
  private var end = ChildEnd(how: .notStarted(""))
  private var files: [Int32] = [-1, -1]
  private var inputFile: Int32 = -1
  private var inputLeft: ArraySlice<UInt8> = []
  /// What was printed on the error output while its sign is waited for.
  private var awaited: [UInt8]?
  private var status: Int32 = 0
  private var isReaped = false
  private var buffer = [UInt8](repeating: 0, count: 65_536)
  private var feeds: [PipeFeed] = []

  init(
    _ program: ChildProgram, mask: SecretMask, hand: ChildHand, clock: any OpsClock, output: @escaping (ArraySlice<UInt8>) -> Void
  ) {
    self.program = program
    self.hand = hand
    self.clock = clock
    self.output = output
    masks = [mask, mask]
  }

  deinit { for file in files + [inputFile] where file >= 0 { close(file) } }

  /// Blocks the thread that it is called on.
  func run() -> ChildEnd {
    guard let path = Self.find(program.argv.first ?? "") else {
      end.how = .notStarted("\(SafeText(escaping: program.argv.first ?? "", limit: 100)): there is no such program")
      return end
    }
    feeds = program.feeds.map { PipeFeed($0) }
    defer { for feed in feeds { feed.end() } }
    let pid = start(path)
    guard pid > 0 else {
      end.how = .notStarted("\(SafeText(escaping: path, limit: 200)): \(SafeText(escaping: String(cString: strerror(-pid))))")
      return end
    }
    let watch = ops_pidfd(pid)
    defer { if watch >= 0 { close(watch) } }
    let stopped = work(pid, watch)
    if !isReaped { while waitpid(pid, &status, 0) < 0 && errno == EINTR {} }
    drain()
    end.leftovers = Leftovers.end(program.marks, group: pid)
    // Whatever it said instead of the sign tells why there was none.
    if let held = awaited, !held.isEmpty { show(masks[1].take(held)[...], 1) }
    for which in 0...1 { show(masks[which].finish()[...], which) }
    end.sentInput = awaited == nil
    end.how = stopped ?? (status & 0x7F == 0 ? .exited(Int(status >> 8 & 0xFF)) : .signalled(Int(status & 0x7F)))
    return end
  }

  // MARK: Start

  private static func find(_ name: String) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    return ChildProgram.searchPath.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  private func start(_ path: String) -> Int32 {
    guard let out = Self.pipe(), let err = Self.pipe() else { return -EMFILE }
    files = [out.reading, err.reading]
    var input = open("/dev/null", O_RDONLY | O_CLOEXEC)
    if let bytes = program.input {
      guard let ends = Self.pipe() else { return -EMFILE }
      close(input)
      input = ends.reading
      inputFile = ends.writing
      inputLeft = bytes[...]
      // Our end waits for nobody; theirs does, as programs expect of what they read.
      _ = fcntl(inputFile, F_SETFL, O_NONBLOCK)
      _ = fcntl(input, F_SETFL, 0)
      awaited = program.inputAfter == nil ? nil : []
    }
    let arguments = program.argv.map { strdup($0) } + [nil]
    let variables = program.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    let pid = ops_spawn(path, arguments, variables, program.folder, input, out.writing, err.writing, 0, 1)
    for file in [input, out.writing, err.writing] { close(file) }
    return pid
  }

  private static func pipe() -> (reading: Int32, writing: Int32)? {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }

  // MARK: Until it ends

  /// - Returns: why it was ended by us.
  private func work(_ pid: Int32, _ watch: Int32) -> ChildEnd.How? {
    let began = clock.now()
    var stop: ChildEnd.How?
    var signals: [Int32] = []
    var nextAt = 0.0
    while true {
      var set = [pollfd(fd: watch, events: Int16(POLLIN), revents: 0)]
      for file in files { set.append(pollfd(fd: file, events: Int16(POLLIN), revents: 0)) }
      if inputFile >= 0, awaited == nil { set.append(pollfd(fd: inputFile, events: Int16(POLLOUT), revents: 0)) }
      poll(&set, nfds_t(set.count), 50)
      for which in 0...1 where set[which + 1].revents != 0 { read(which) }
      if set.count > 3, set[3].revents != 0 { write() }
      for feed in feeds { feed.step() }
      let age = clock.now().age(since: began)
      if stop == nil, hand.isCancelled { (stop, signals, nextAt) = (.cancelled, [SIGINT, SIGTERM, SIGKILL], age) }
      if stop == nil, age >= program.timeout { (stop, signals, nextAt) = (.timedOut, [SIGTERM, SIGKILL], age) }
      if age >= nextAt, let next = signals.first, stop != nil {
        kill(-pid, next)
        signals.removeFirst()
        nextAt = age + program.killAfter
      }
      if set[0].revents != 0 || (watch < 0 && hasEnded(pid)) { return stop }
    }
  }

  /// Where no descriptor tells of its end, it is asked for.
  private func hasEnded(_ pid: Int32) -> Bool {
    isReaped = waitpid(pid, &status, WNOHANG) == pid
    return isReaped
  }

  private func read(_ which: Int) {
    guard files[which] >= 0 else { return }
    let count = Glibc.read(files[which], &buffer, buffer.count)
    if count > 0 { return take(buffer[..<count], which) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    close(files[which])
    files[which] = -1
  }

  /// What is left in the pipes; who still holds them open is not waited for.
  private func drain() {
    for which in 0...1 {
      while files[which] >= 0 {
        let count = Glibc.read(files[which], &buffer, buffer.count)
        guard count > 0, end.printed < Self.longest * 4 else { break }
        take(buffer[..<count], which)
      }
    }
  }

  private func write() {
    let count = inputLeft.withUnsafeBytes { Glibc.write(inputFile, $0.baseAddress, $0.count) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    inputLeft = count > 0 ? inputLeft.dropFirst(count) : []
    guard inputLeft.isEmpty else { return }
    close(inputFile)
    inputFile = -1
  }

  // MARK: Output

  private func take(_ bytes: ArraySlice<UInt8>, _ which: Int) {
    var bytes = bytes
    if which == 1, var held = awaited, let sign = program.inputAfter {
      held += bytes
      guard let place = held.firstRange(of: sign) else {
        // Nobody waits for a sign behind that much.
        awaited = Array(held.suffix(65_536))
        return
      }
      awaited = nil
      held.removeSubrange(place)
      bytes = held[...]
    }
    end.printed += bytes.count
    let room = Self.longest - (end.printed - bytes.count)
    if room <= 0 {
      end.dropped += bytes.count
      return
    }
    end.dropped += max(0, bytes.count - room)
    show(masks[which].take(Array(bytes.prefix(room)))[...], which)
  }

  private func show(_ bytes: ArraySlice<UInt8>, _ which: Int) {
    guard !bytes.isEmpty else { return }
    if which == 0, end.output.count < Self.kept { end.output += bytes.prefix(Self.kept - end.output.count) }
    end.tail = Array((end.tail + bytes).suffix(Self.tailed))
    output(bytes)
  }
}

extension Array where Element == UInt8 {
  /// Where these bytes stand for the first time.
  func firstRange(of part: [UInt8]) -> Range<Int>? {
    guard !part.isEmpty, count >= part.count else { return nil }
    return (0...(count - part.count)).first { self[$0..<($0 + part.count)].elementsEqual(part) }.map { $0..<($0 + part.count) }
  }
}
