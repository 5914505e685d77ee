import Glibc
import OpsModel
import Runbooks

/// Two people resume one run at the same moment: one of them has it, and the other hears whose word holds.
enum ResumeRace {
  /// Hundredths of a second in which the winner has written down that it has the run.
  private static let patience = 200

  /// - Parameters:
  ///   - known: records that were there before.
  ///   - order: what was not done.
  static func lines(_ folder: RunFolder, after known: Int, _ order: RunOrder) -> [SafeText] {
    var records = news(folder, known)
    for _ in 0..<patience where !records.contains(where: { $0.kind == .resume }) && RunView.isAlive(folder) {
      usleep(10_000)
      records = news(folder, known)
    }
    // The decisions are written one after the other behind it.
    if RunView.isAlive(folder) { usleep(100_000) }
    records = news(folder, known)
    var out: [SafeText] = []
    if let winner = records.first(where: { $0.kind == .resume }) {
      out.append("\(text(winner, "by")) resumed it at \(Calendar.clock(winner.at)): opsconsole runbook attach \(folder.id.shown)")
    }
    for mine in order.decisions {
      let theirs = records.last { $0.kind == .decision && $0.step == mine.step && $0["word"] != .null }
      let holds: SafeText = theirs.map { "; what holds is \(text($0, "word")), by \(text($0, "by"))" } ?? ""
      out.append(
        "your decision \(SafeText(escaping: mine.step, limit: 100))=\(SafeText(escaping: mine.word.rawValue)) was not taken\(holds)")
    }
    if order.kind == .abort { out.append("your --abort was not taken") }
    return out
  }

  private static func news(_ folder: RunFolder, _ known: Int) -> ArraySlice<JournalRecord> {
    (JournalReader.read(folder.journal)?.records ?? []).dropFirst(known)
  }

  private static func text(_ record: JournalRecord, _ key: String) -> SafeText {
    if case .text(let text) = record[key] { SafeText(escaping: text, limit: 100) } else { "?" }
  }
}
