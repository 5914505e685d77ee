import Glibc

/// The calls by which a run writes itself down. Tests let the n-th of them fail.
public protocol FileCalls: Sendable {
  /// A descriptor, or minus the error number.
  func open(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32
  /// Bytes written, or minus the error number.
  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
  /// 0, or the error number.
  func sync(_ file: Int32) -> Int32
  func makeFolder(_ path: String) -> Int32
  func close(_ file: Int32)
}

/// Those of the system.
public struct SystemFileCalls: FileCalls {
  public init() {}

  public func open(_ path: String, _ flags: Int32, _ mode: UInt32) -> Int32 {
    let file = Glibc.open(path, flags, mode)
    return file >= 0 ? file : -errno
  }

  public func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    let count = Glibc.write(file, bytes.baseAddress, bytes.count)
    return count >= 0 ? count : -Int(errno)
  }

  public func sync(_ file: Int32) -> Int32 { fsync(file) == 0 ? 0 : errno }
  public func makeFolder(_ path: String) -> Int32 { mkdir(path, 0o700) == 0 ? 0 : errno }
  public func close(_ file: Int32) { Glibc.close(file) }
}
