import OpsModel

/// Writes what is kept quiet, one time after the other, and away from the thread that draws.
actor QuietKeeper {
  private let file: QuietFile

  init(file: QuietFile) { self.file = file }

  /// - Returns: what to say where it could not be written.
  func keep(_ marks: [ResourceID: AlertQuiet]) -> Notice? {
    file.write(marks) ? nil : Notice(.warning, "this is forgotten when the console ends: \(file.shown) can not be written")
  }
}
