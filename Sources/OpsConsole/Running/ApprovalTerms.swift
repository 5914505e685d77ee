import Glibc
import OpsModel
import Runbooks

/// Whose approval counts for a step. The runner and whoever approves ask this one place, so that a receipt says what the runner makes of it.
struct ApprovalTerms: Sendable {
  let group: String
  /// Persons.
  let least: Int
  /// Accounts that are behind the run: they are no second person.
  let barred: Set<Int>

  init(_ wanted: StepAction.Approval, by person: RunPlan.Person, others: Set<Int>) {
    group = wanted.group
    least = wanted.least
    barred = wanted.notInitiator ? others.union([person.uid, person.loginUID, person.sudoUID].compactMap { $0 }) : []
  }

  /// As a request tells them; nil where it does not.
  init?(_ fields: [String: ArraySlice<UInt8>]) {
    guard let group = JSONScan.string(fields["group"]), let least = JSONScan.number(fields["min"]).flatMap({ Int(exactly: $0) }) else {
      return nil
    }
    self.group = String(decoding: group, as: UTF8.self)
    self.least = least
    let list = fields["barred"].flatMap { JSONScan.array($0) } ?? []
    barred = Set(list.compactMap { JSONScan.number($0).flatMap { Int(exactly: $0) } })
  }

  var fields: [(StaticString, JSONText)] {
    [("group", .text(SafeText(escaping: group))), ("min", .int(least)), ("barred", .array(barred.sorted().map { .int($0) }))]
  }

  /// Why an approval of this account does not count; nil where it does.
  func problem(_ uid: uid_t) -> SafeText? {
    if uid == 0 { return "identity not attested: root is nobody in particular; approve it from your own account" }
    if barred.contains(Int(uid)) { return "whoever began or resumed the run, or was there before sudo, is no second person" }
    guard let account = getpwuid(uid) else { return "this machine knows no account with the number \(Int(uid))" }
    let shown = SafeText(escaping: group, limit: 60)
    guard Self.isMember(account, group) else {
      return "\(SafeText(escaping: String(cString: account.pointee.pw_name), limit: 64)) is not in the group \(shown)"
    }
    return nil
  }

  private static func isMember(_ account: UnsafeMutablePointer<passwd>, _ group: String) -> Bool {
    guard let wanted = getgrnam(group)?.pointee.gr_gid else { return false }
    var count: Int32 = 256
    var groups = [gid_t](repeating: 0, count: Int(count))
    guard getgrouplist(account.pointee.pw_name, account.pointee.pw_gid, &groups, &count) >= 0 else { return false }
    return groups.prefix(Int(count)).contains(wanted)
  }
}
