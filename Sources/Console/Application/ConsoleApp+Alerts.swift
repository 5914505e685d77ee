import OpsModel

extension ConsoleApp {
  /// Takes how long and why. Nothing on any server changes by it.
  func keepQuiet(_ alert: AlertState, _ kind: AlertQuiet.Kind, _ text: String) -> [Effect] {
    guard let wish = AlertQuiet.wish(text) else {
      say(Notice(.warning, "write a time from 1m to 7d and a reason, such as: 2h the disk is being replaced"))
      return []
    }
    overlay = .none
    let now = clock.now()
    let mark = AlertQuiet(
      kind: kind, by: "\(identity.user)@\(identity.host)", reason: wish.reason, at: now.unix, until: now.unix + wish.seconds)
    store.keepQuiet(alert, mark, at: now)
    say(Notice(.ok, "\(alert.name) is \(SafeText(escaping: kind.rawValue)) for \(Units.age(wish.seconds))"))
    return quietChanged()
  }

  func quietChanged() -> [Effect] {
    // What was said is seen at once, and not with the next tick.
    let changes = store.tick(clock.now())
    return [.saveQuiet(store.view.quiet)] + (changes.isEmpty ? [] : [.alerts(changes)])
  }
}
