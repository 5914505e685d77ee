public import OpsModel

extension Rehearsal {
  /// Says who is meant: the one target by its name, or how many there are and where.
  /// - Parameters:
  ///   - only: the name of the first target, which counts where it is the only one.
  ///   - noun: what one of them is called, such as `failed job`.
  ///   - place: where all of them are, such as the name of their queue; nil where there are several places.
  public mutating func name(_ operation: Operation, only: SafeText?, _ noun: SafeText, in place: SafeText? = nil) {
    guard operation.count == 1, let only else {
      let home: SafeText = place.map { "in \($0) of \(operation.source)" } ?? "of \(operation.source)"
      target = "\(Units.count(operation.count, noun)) \(home)"
      return
    }
    title = "\(only) of \(operation.source)"
    target = "\(noun) \(title)"
  }
}
