import Glibc

/// A named pipe from which a program reads what must be in no file: the bytes are never on a disk, also where somebody is killed.
final class PipeFeed {
  private let path: String
  private let bytes: [UInt8]
  private var file: Int32 = -1
  private var left: ArraySlice<UInt8> = []

  init(_ feed: ChildProgram.Feed) {
    path = feed.path
    bytes = feed.bytes
    renew()
  }

  deinit { end() }

  /// Gives what there is room for, as soon as somebody reads. Never waits.
  func step() {
    if file < 0 {
      file = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
      left = bytes[...]
    }
    while file >= 0, !left.isEmpty {
      let count = left.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EAGAIN || errno == EINTR { return }
      left = count > 0 ? left.dropFirst(count) : []
    }
    // Whoever reads it once more gets a pipe of its own: on this one it could be given the bytes twice, or none.
    if file >= 0 { renew() }
  }

  func end() {
    if file >= 0 { close(file) }
    file = -1
    unlink(path)
  }

  private func renew() {
    end()
    mkfifo(path, 0o600)
  }
}
