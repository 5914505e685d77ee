import Console
import Glibc
import OpsModel

/// Keeps what is kept quiet in a file that all consoles of a user share, away from the threads that draw or watch.
actor QuietKeeper {
  private let file: QuietFile
  private let clock: any OpsClock
  /// Gets the marks when others changed them, and after each own change.
  private let learn: @Sendable ([ResourceID: AlertQuiet]) -> Void
  private var seen: Int?

  init(file: QuietFile, clock: any OpsClock, learn: @escaping @Sendable ([ResourceID: AlertQuiet]) -> Void) {
    self.file = file
    self.clock = clock
    self.learn = learn
    seen = FilePaths.changed(file.path)
  }

  /// To be called every few seconds: one `stat` while nothing changes.
  func look() {
    let now = FilePaths.changed(file.path)
    guard now != seen else { return }
    seen = now
    learn(file.read(now: clock.now().unix))
  }

  /// Changes what is in the file, whatever others wrote meanwhile.
  /// - Returns: what to say where it could not be written.
  func keep(_ edits: [QuietEdit]) -> Notice? {
    guard let marks = file.change(now: clock.now().unix, { marks in edits.reduce(marks) { $1.applied(to: $0) } }) else {
      return Notice(.warning, "this is forgotten when the console ends: \(file.shown) can not be written")
    }
    seen = FilePaths.changed(file.path)
    learn(marks)
    return nil
  }
}
