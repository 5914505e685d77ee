import OpsModel

/// A session that is about to be signalled, as it is now.
struct SignalTarget {
  let target: SessionTarget
  let state: String?
  let queryStarted: String?
  let application: SafeText
  let owner: SafeText
  let transactionAge: Double?
  let queryAge: Double?
  let query: SafeText?
  let backendType: String?
  let isWriting: Bool
  let isSuperusers: Bool
  let isOwn: Bool
  /// Nil where this role may not see it.
  let point: SessionPoint?

  init(_ target: SessionTarget, _ row: PostgresRow) {
    self.target = target
    state = row.string(0)
    queryStarted = row.string(1)
    application = row.text(2, 64) ?? "?"
    owner = "\(row.text(3, 64) ?? "?")@\(row.text(4, 64) ?? "?")"
    transactionAge = row.age(5)
    queryAge = row.age(6)
    query = row.text(7, 300)
    backendType = row.string(8)
    isWriting = row.isTrue(9)
    isSuperusers = row.isTrue(10)
    isOwn = row.isTrue(11)
    point = SessionPointReader.point(state: row.string(0), waitType: row.string(12), waitEvent: row.string(13), query: row.string(7))
  }

  static func look(_ target: SessionTarget, _ connection: PostgresConnection) throws(Failure) -> SignalTarget? {
    try connection.rows(SignalSQL.look, [String(target.pid), target.started]).first.map { SignalTarget(target, $0) }
  }

  /// Why the statement of this session is not to be cancelled; nil where it can be.
  var whyNotCancelled: SafeText? {
    if state?.hasPrefix("idle in transaction") == true { return "it is idle in transaction, where cancel has no effect; terminate it" }
    if queryStarted != target.queryStarted { return "it runs another statement now" }
    return state == "active" ? nil : "its statement has ended"
  }

  /// `4312 admin-shell`
  var short: SafeText { "\(target.pid) \(application)" }

  /// `4312 admin-shell (app@shop), idle in transaction for 9m02s`
  var name: SafeText {
    let age: SafeText = (state == "active" ? queryAge : transactionAge).map { " for \(Units.age($0))" } ?? ""
    return "\(target.pid) \(application) (\(owner)), \(SafeText(escaping: state ?? backendType ?? "state hidden", limit: 40))\(age)"
  }
}
