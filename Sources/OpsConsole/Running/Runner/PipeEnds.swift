import Glibc

/// Both ends of a new pipe, which no program that is started inherits.
struct PipeEnds {
  let reading: Int32
  let writing: Int32

  /// - Returns: nil where no file is free; `errno` tells why.
  init?() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }
}
