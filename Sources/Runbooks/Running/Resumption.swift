/// What is to be done with a step whose intent is on disk and whose outcome is not, when a run is taken up again.
public enum Resumption: Hashable, Sendable {
  /// Once more, without asking: it only looks, or each item is compared before it is moved.
  case again
  /// Only what has no outcome: hosts, or items of the frozen list.
  case rest
  /// The server may know the operation's id; else as `verify` or `ask`.
  case lookUp
  case verify
  /// A person decides: once more, done, skipped, or an end with `finally`.
  case ask

  public static func of(_ step: Step) -> Resumption {
    guard let action = step.action else { return step.hosts == nil ? .again : .rest }
    if step.isRead { return .again }
    switch action {
    case .assert, .wait, .note, .approve, .prompt: return .again
    case .queue(let queue): return queue.name.isRepeatable ? .rest : inDoubt(step)
    case .sql: return step.isIdempotent ? .again : .lookUp
    case .ansible: return step.isIdempotent ? .rest : inDoubt(step)
    case .kubectl(let argv, _, _):
      // What is declared is declared again.
      let words = argv.prefix(2).map(\.source)
      return step.isIdempotent || words.first == "apply" || words == ["rollout", "restart"] ? .again : inDoubt(step)
    case .redis, .redisScan, .http, .cmd, .run, .ssh, .runbook: return step.isIdempotent ? .again : inDoubt(step)
    }
  }

  private static func inDoubt(_ step: Step) -> Resumption { step.verify == nil ? .ask : .verify }
}

extension StepAction {
  /// How often it happens at most or at least, printed in the plan.
  public func guarantee(_ step: Step) -> String {
    if step.isRead { return "looks; again after a crash" }
    switch self {
    case .assert, .wait: return "looks; again after a crash"
    case .queue(let queue):
      return queue.name.isRepeatable
        ? "effectively once for each item: it is moved only while it is still there" : "at most once; a request to workers is not repeated"
    case .sql:
      return step.isIdempotent
        ? "at least once; a second time does no harm" : "at most once; exactly once where the target has the table opsc_ops"
    case .ansible: return step.isIdempotent ? "at least once; the playbook converges" : "at most once for each host"
    case .approve, .prompt: return "once; the answer stays"
    case .note: return "says something and changes nothing"
    default: return step.isIdempotent ? "at least once; a second time does no harm" : "at most once; repeated only where nothing was sent"
    }
  }
}
