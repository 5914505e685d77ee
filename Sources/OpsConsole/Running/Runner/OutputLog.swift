import Glibc
import OpsModel
import Synchronization

/// What the steps of a run print, as lines of JSON. On disk within a second; losing its end is no harm, and a full disk ends it alone.
final class OutputLog: Sendable {
  /// Bytes of one run.
  static let longest = 256 << 20

  private struct State {
    var file: Int32
    var size = 0
    var isDirty = false
    var problem: SafeText?
  }

  private let state: Mutex<State>
  private let clock: any OpsClock

  init(_ path: String, clock: any OpsClock) {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    let size = FilePaths.size(of: path) ?? 0
    state = Mutex(State(file: file, size: size, problem: file < 0 ? SafeText(escaping: String(cString: strerror(errno))) : nil))
    self.clock = clock
  }

  /// Why no more is kept; nil while it is.
  var problem: SafeText? { state.withLock { $0.problem } }

  /// The last line may go on in the next piece of the same step: then `open` is true.
  func add(_ step: String, _ bytes: [UInt8]) {
    let at = Calendar.stampMillis(clock.now().unix)
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { SafeText(bytes: $0, limit: SafeText.limit) }
    let isOpen = !(lines.last?.isEmpty ?? true)
    if !isOpen { lines.removeLast() }
    guard !lines.isEmpty else { return }
    let fields: [(StaticString, JSONText)] = [
      ("ts", .text(at)), ("step", .text(SafeText(escaping: step, limit: 400))), ("lines", .array(lines.map { .text($0) })),
      ("open", .bool(isOpen)),
    ]
    let out = Array((JSONText.object(fields).compact() + "\n").utf8)
    state.withLock { state in
      guard state.problem == nil else { return }
      guard state.size + out.count <= Self.longest else {
        state.problem = "more than \(Units.bytes(Double(Self.longest)))"
        return
      }
      let count = out.withUnsafeBytes { Glibc.write(state.file, $0.baseAddress, $0.count) }
      if count != out.count { state.problem = SafeText(escaping: String(cString: strerror(errno))) }
      state.size += max(0, count)
      state.isDirty = true
    }
  }

  /// Once a second, and at the end of each step.
  func flush() {
    let file = state.withLock { state in
      defer { state.isDirty = false }
      return state.isDirty ? state.file : -1
    }
    if file >= 0 { fdatasync(file) }
  }
}
