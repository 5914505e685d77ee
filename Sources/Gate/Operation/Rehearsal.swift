public import OpsModel

/// What an operation would do, as the connector says before anything happens.
public struct Rehearsal: Sendable {
  /// Targets that would be moved, as far as they were looked at.
  public var affected: Int
  /// Targets that would not, by reason.
  public var refused: [(reason: SafeText, count: Int)] = []
  /// How many of the targets were looked at one by one; the others are taken to be like them.
  public var examined: Int
  /// Who or what is meant: `session 4312 admin-shell (app@shop), idle in transaction for 9m02s`. Empty where a count of targets says it.
  public var target: SafeText = ""
  /// The same in a few words, with what else must be known at a glance: `4312 admin-shell, 8 wait`.
  public var title: SafeText = ""
  /// What the targets are at, where an action does something else to them when that changes: then a confirmation is void. Not for people.
  public var standing: SafeText = ""
  /// What happens, as a sentence that begins with its verb: `moves 14 jobs to rq:queue:default (41,208 ready there)`. It counts what would
  /// move, and not what was chosen.
  public var moves: SafeText
  public var keeps: [SafeText] = []
  /// What is not preserved.
  public var loses: [SafeText] = []
  public var warnings: [SafeText] = []
  public var undo: SafeText
  public var guarantee: Guarantee
  /// Address without password, and the account that acts.
  public var place: SafeText
  public var account: SafeText
  /// Changes with every start of the server and with a failover.
  public var serverID: SafeText
  /// The exact commands, as far as a person can read them.
  public var commands: [SafeText] = []

  public init(
    affected: Int, examined: Int, moves: SafeText, undo: SafeText, guarantee: Guarantee, place: SafeText, account: SafeText,
    serverID: SafeText
  ) {
    self.affected = affected
    self.examined = examined
    self.moves = moves
    self.undo = undo
    self.guarantee = guarantee
    self.place = place
    self.account = account
    self.serverID = serverID
  }

  public var refusedCount: Int { refused.reduce(0) { $0 + $1.count } }
}

/// How sure a move is, printed beside the action.
public enum Guarantee: String, Sendable {
  /// One step on the server: all or nothing for each item, twice moves nothing twice.
  case atomic
  /// May come twice after a crash, and never gets lost.
  case atLeastOnce = "at-least-once with journal"
  /// Made anew from what is known; what is lost is listed.
  case rebuild
  /// A signal to one process, checked to be still the one that was seen.
  case signal
  /// Read-only and rolled back.
  case rolledBack = "read-only, rolled back"
  /// Asked of one process, which goes on as before.
  case question = "a question; nothing is changed in the process"
  /// Asked of a worker, which may not hear it.
  case request = "a request; the worker decides"

  public var word: SafeText {
    switch self {
    case .atomic: "atomic"
    case .atLeastOnce: "at-least-once with journal"
    case .rebuild: "rebuild"
    case .signal: "one signal, to the session that was seen and to no other"
    case .rolledBack: "read-only, with a time limit, rolled back"
    case .question: "a question; nothing is changed in the process"
    case .request: "a request; the worker decides"
    }
  }
}
