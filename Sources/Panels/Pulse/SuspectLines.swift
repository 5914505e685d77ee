import Canvas
import Console
import OpsModel

/// What probably causes what is wrong, above the sources: the likeliest with what speaks for them, as far as there is room.
enum SuspectLines {
  static func head(_ context: PanelContext) -> [HeadLine] {
    let suspects = context.view.suspects
    guard !suspects.isEmpty else { return [] }
    let room = PulsePanel.headRoom(context) - context.view.discovery.count
    let isRoomy = room >= 6
    let shown = suspects.prefix(isRoomy ? 3 : max(1, room - 1))
    var lines: [HeadLine] = []
    if room >= 3, let since = suspects.map(\.since).min() {
      let word: SafeText = suspects.allSatisfy(\.isCorrelation) ? "MOVED WITH IT (a correlation, no proof)" : "SUSPECT"
      lines.append(HeadLine("\(word), since \(Calendar.clock(since))", .header))
    }
    for suspect in shown {
      lines.append(HeadLine("\(PulseColumns.sign(suspect.severity)) \(suspect.title)", role(suspect)))
      // The first has room for two reasons.
      let reasons = isRoomy ? suspect.evidence.prefix(lines.count <= 2 ? 2 : 1) : []
      for reason in reasons { lines.append(HeadLine("    \(reason.text)", .text)) }
    }
    if suspects.count > shown.count, lines.count < room { lines.append(HeadLine("  and \(suspects.count - shown.count) more: d", .faint)) }
    return lines
  }

  static func role(_ suspect: Suspect) -> Role { suspect.isCorrelation ? .text : PulseColumns.role(suspect.severity) }
}
