import Subprocess

extension PlatformOptions {
  /// A session of its own: what the program itself has started ends with it.
  static var ownSession: PlatformOptions {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
    return options
  }
}
