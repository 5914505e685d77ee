import Glibc
import Synchronization

@testable import Runbooks

/// Calls of which all fail from the n-th write on, as after a power loss.
final class DyingCalls: FileCalls {
  private let real = SystemFileCalls()
  private let left: Mutex<Int>

  init(after writes: Int) { left = Mutex(writes) }

  func open(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32 { real.open(path, flags, mode) }

  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    let isDead = left.withLock { left in
      left -= 1
      return left < 0
    }
    return isDead ? -Int(EIO) : real.write(file, bytes)
  }

  func sync(_ file: Int32) -> Int32 { real.sync(file) }
  func makeFolder(_ path: String) -> Int32 { real.makeFolder(path) }
  func close(_ file: Int32) { real.close(file) }
}
