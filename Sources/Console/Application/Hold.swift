import OpsModel

/// Whether the numbers on the screen stand still: because the operator said so, or because he is just doing something.
struct Hold {
  /// Movement keys hold the view this long, so that rows do not jump away under the cursor.
  static let afterMovement = 2.0

  private(set) var isManual = false
  private(set) var view: StoreView?
  private(set) var since: Moment?
  private var until: Moment?
  private var isOverlayOpen = false

  mutating func toggle(_ live: StoreView, at now: Moment) {
    isManual.toggle()
    settle(live, now)
  }

  mutating func movement(_ live: StoreView, at now: Moment) {
    until = now.advanced(by: Self.afterMovement)
    settle(live, now)
  }

  mutating func overlay(isOpen: Bool, _ live: StoreView, at now: Moment) {
    isOverlayOpen = isOpen
    settle(live, now)
  }

  /// - Returns: when the view is let go by itself.
  var end: Moment? { until }

  mutating func tick(_ now: Moment) {
    if let until, until <= now { self.until = nil }
    if !isHolding { release() }
  }

  private var isHolding: Bool { isManual || isOverlayOpen || until != nil }

  private mutating func settle(_ live: StoreView, _ now: Moment) {
    if !isHolding { return release() }
    guard view == nil else { return }
    view = live
    since = now
  }

  private mutating func release() {
    view = nil
    since = nil
  }
}
