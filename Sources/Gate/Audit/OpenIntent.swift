public import OpsModel

/// An intent that has no outcome of its own: whoever wrote it may be at work, or ended in the middle.
public struct OpenIntent: Sendable {
  public let operation: SafeText
  public let at: SafeText
  public let action: SafeText
  public let target: SafeText
  /// Of a step of a run.
  public let run: SafeText?
  public let step: SafeText?
  /// The process that wrote it, and the start of the machine that it was on.
  public let pid: Int?
  public let host: SafeText
  public let boot: SafeText
  /// What became of it all the same, as later records tell; nil where none does.
  public internal(set) var settled: SafeText?

  init(_ line: AuditLine) {
    func field(_ name: String) -> SafeText { line.field(name) ?? "" }
    operation = field("op_id")
    at = field("ts")
    action = field("action")
    target = field("target")
    run = line.field("run")
    step = line.field("step")
    pid = line.raw("pid").flatMap { Int($0) }
    host = field("host")
    boot = field("boot")
  }

  /// Takes a later record, which may tell what became of it.
  mutating func take(_ line: AuditLine) {
    guard let run, run == line.field("run"), settled == nil else { return }
    let words = line.field("reason") ?? ""
    switch line.field("phase")?.text {
    case "outcome" where step == line.field("step") && !Self.isDoubtful(words):
      settled = "done again at \(line.field("ts") ?? "?"): \(words)"
    case "note" where line.field("action") == "settled" && step == line.field("step"): settled = words
    case "note" where line.field("action") == "run" && Self.ends.contains(words.text): settled = "the run ended: \(words)"
    default: return
    }
  }

  private static let ends = ["succeeded", "failed", "cancelled"]

  private static func isDoubtful(_ words: SafeText) -> Bool {
    ["lost", "timed out", "cancelled"].contains { words.text.hasPrefix($0) }
  }
}
