import OpsModel

extension ConsoleApp {
  /// Takes how long and why. Nothing on any server changes by it.
  func keepQuiet(_ alert: AlertState, _ kind: AlertQuiet.Kind, _ text: String) -> [Effect] {
    let wish: QuietWish
    do { wish = try QuietWish(text) } catch {
      say(Notice(.warning, error.what))
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
    return quietEdits() + telling.effects(of: changes)
  }

  func quietEdits() -> [Effect] {
    let edits = store.takeQuietEdits()
    return edits.isEmpty ? [] : [.saveQuiet(edits)]
  }
}
