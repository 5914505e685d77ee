import Glibc
import Synchronization

@testable import Runbooks

/// Calls of which the n-th of one kind fails, as often as is said.
final class FailingCalls: FileCalls {
  enum Kind: String, CaseIterable, Sendable { case open, write, sync, folder }

  enum Fault: String, CaseIterable, Sendable {
    case full, io
    /// Half of the bytes are written; a second call writes the rest.
    case short
    /// A signal came: nothing was done, and it is done again.
    case interrupted
  }

  private let real = SystemFileCalls()
  private let kind: Kind
  private let fault: Fault
  private let left: Mutex<Int>
  /// Whether the fault came at all.
  let hit = Mutex(false)

  init(_ kind: Kind, number: Int, _ fault: Fault) {
    self.kind = kind
    self.fault = fault
    left = Mutex(number)
  }

  private func fails(_ kind: Kind) -> Bool {
    guard kind == self.kind else { return false }
    let isNow = left.withLock { left in
      left -= 1
      return left == 0
    }
    if isNow { hit.withLock { $0 = true } }
    return isNow
  }

  private var code: Int32 {
    switch fault {
    case .full: ENOSPC
    case .io, .short: EIO
    case .interrupted: EINTR
    }
  }

  func open(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32 { fails(.open) ? -code : real.open(path, flags, mode) }

  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    guard fails(.write) else { return real.write(file, bytes) }
    if fault == .short { return real.write(file, UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])) }
    return -Int(code)
  }

  func sync(_ file: Int32) -> Int32 { fails(.sync) ? code : real.sync(file) }
  func makeFolder(_ path: String) -> Int32 { fails(.folder) ? code : real.makeFolder(path) }
  func close(_ file: Int32) { real.close(file) }
}
