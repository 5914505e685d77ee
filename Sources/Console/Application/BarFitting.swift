import Canvas
import OpsModel

/// Makes the first line fit: what is worth least is shortened or left out first.
struct BarFitting {
  private(set) var slots: [BarSlot]
  let width: Int
  /// Columns that a text takes on this terminal, which may show a character by its number.
  let columns: (SafeText) -> Int

  /// - Parameters:
  ///   - isLookOnly: the mode says why nothing can be changed.
  ///   - isRecording: this console records, which is the usual case.
  mutating func fit(isLookOnly: Bool, isRecording: Bool) {
    drop(.name)
    drop(.who)
    if isRecording { shorten(.recording) }
    drop(.company)
    if isLookOnly, forms(.mode) > 3 { shorten(.mode, once: true) }
    shorten(.environment, once: true)
    shorten(.recording)
    shorten(.freshness)
    if isLookOnly {
      drop(.clock)
      trimReason()
    }
    shorten(.clock)
    let clock = place(.clock).map { slots[$0] }
    drop(.clock)
    drop(.freshness)
    // Whether the numbers are old is worth more than the time, and needs more room.
    if let clock, place(.clock) == nil, needed + 3 + columns(clock.text) <= width { slots.append(clock) }
    shorten(.environment)
    shorten(.mode)
    drop(.recording)
    drop(.mode)
  }

  private var isTooWide: Bool { needed > width }
  private var needed: Int { slots.reduce(1) { $0 + columns($1.text) } + 3 * max(0, slots.count - 1) }

  private func place(_ wanted: BarSlot.Place) -> Int? { slots.firstIndex { $0.place == wanted } }
  private func forms(_ wanted: BarSlot.Place) -> Int { place(wanted).map { slots[$0].forms.count } ?? 0 }

  private mutating func drop(_ wanted: BarSlot.Place) {
    if isTooWide { slots.removeAll { $0.place == wanted } }
  }

  private mutating func shorten(_ wanted: BarSlot.Place, once: Bool = false) {
    guard let index = place(wanted) else { return }
    while isTooWide, slots[index].shorten(), !once {}
  }

  /// A reason that is too long is cut in the middle, as long as something of it can be read.
  private mutating func trimReason() {
    guard isTooWide, let index = place(.mode), slots[index].forms.count > 2 else { return }
    let room = width - (needed - columns(slots[index].text))
    if room > 20 { slots[index].say(TextWrap.middle(slots[index].text, width: room)) } else { _ = slots[index].shorten() }
  }
}
