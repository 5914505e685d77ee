extension Store {
  /// What a watch tells, without a screen: keys, panels and actions do not concern it.
  public mutating func take(_ event: ConsoleEvent) {
    switch event {
    case .source(let source): add(source)
    case .asked(let source, let at): asked(source, at: at)
    case .observed(let observation): observed(observation)
    case .failures(let source, let letters): failures(source, letters)
    case .failed(let source, let failure, let at, let retryAt): failed(source, failure, at: at, retryAt: retryAt)
    case .discovery(let notices, let isRunning): discovery(notices, isRunning: isRunning)
    case .quiet(let marks): learnQuiet(marks)
    default: break
    }
  }
}
