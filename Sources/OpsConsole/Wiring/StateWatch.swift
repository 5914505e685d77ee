import Console
import Gate
import OpsModel

/// Looks every few seconds whether an action could be written down now. Where it could not, the first line says so before anybody plans.
actor StateWatch {
  private let path: String
  private let mailbox: Mailbox
  private var told: SafeText?
  /// Looks at which the log was locked, one after another: for a moment every console locks it.
  private var locked = 0
  private var calls = 0
  /// Calls from one look to the next while all is well: what is written meanwhile finds out by itself.
  private static let ease = 3

  init(path: String, told: SafeText?, mailbox: Mailbox) {
    self.path = path
    self.told = told
    self.mailbox = mailbox
  }

  /// To be called every other second.
  func look() {
    calls += 1
    guard told != nil || locked > 0 || calls.isMultiple(of: Self.ease) else { return }
    let found = AuditProbe.problem(path)
    if case .busy? = found { locked += 1 } else { locked = 0 }
    guard locked == 0 || locked >= 3 else { return }
    let why = found?.short
    guard why != told else { return }
    told = why
    mailbox.post(.unrecorded(why))
    mailbox.post(.message(why.map { Notice(.warning, "LOOK ONLY: \($0)") } ?? Notice(.ok, "actions can be recorded again")))
  }

  /// At the start, when nothing was made yet. A lock is no news then: it may be there for a moment.
  static func atStart(_ path: String) -> SafeText? {
    let found = AuditProbe.problem(path)
    if case .busy? = found { return nil }
    return found?.short
  }
}
