import Glibc
public import OpsModel
import Synchronization

/// Runs programs, each on a thread of its own: waiting for one is nobody else's time.
public final class Children: Sendable {
  private let clock: any OpsClock
  private let hands = Mutex<[String: [ChildHand]]>([:])

  public init(clock: any OpsClock) { self.clock = clock }

  /// - Parameters:
  ///   - step: under which it can be ended.
  ///   - output: what it prints, as it comes, secrets taken out.
  public func run(
    _ program: ChildProgram, step: String, mask: SecretMask, output: @escaping @Sendable (ArraySlice<UInt8>) -> Void
  ) async -> ChildEnd {
    let hand = ChildHand()
    hands.withLock { $0[step, default: []].append(hand) }
    defer {
      hands.withLock { all in
        all[step]?.removeAll { $0 === hand }
        if all[step]?.isEmpty ?? false { all[step] = nil }
      }
    }
    let clock = clock
    return await withCheckedContinuation { continuation in
      ThreadBody.start { continuation.resume(returning: ChildRun(program, mask: mask, hand: hand, clock: clock, output: output).run()) }
    }
  }

  /// Ends what runs, but for these steps.
  public func cancel(except spared: Set<String>) {
    let found = hands.withLock { all in all.filter { !spared.contains($0.key) }.flatMap(\.value) }
    for hand in found { hand.cancel() }
  }
}

/// What a new thread does.
private final class ThreadBody: Sendable {
  private let body: @Sendable () -> Void

  private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  static func start(_ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 524_288)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let held = Unmanaged.passRetained(ThreadBody(body))
    let code = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, held.toOpaque())
    // Without a thread of its own it takes this one.
    if code != 0 { held.takeRetainedValue().body() }
  }
}
