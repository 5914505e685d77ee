import Glibc

/// Threads for what waits in a system call for as long as the process lives.
enum ThreadStart {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func detach(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let held = Unmanaged.passRetained(Body(body))
    let code = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, held.toOpaque())
    if code == 0 { pthread_detach(thread) } else { held.release() }
  }
}
