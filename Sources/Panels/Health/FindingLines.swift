import Canvas
import OpsModel

/// What was found of tables and indexes.
enum FindingLines {
  static func all(_ reading: Reading<TableFindings>, _ now: Moment) -> [HeadLine] {
    var out: [HeadLine] = []
    if let (failure, since) = reading.failure {
      out.append(HeadLine("tables and indexes: \(failure.sentence(age: now.age(since: since)))", .warning))
    }
    guard let found = reading.value else {
      return out.isEmpty ? [HeadLine("tables and indexes: looking…", .faint)] : out
    }
    let age = Units.age(now.age(since: found.at))
    out.append(
      HeadLine("tables and indexes of this database, looked at \(age) ago\(found.list.isEmpty ? ": nothing to remark" : "")", .title))
    out += found.notices.map { HeadLine("  \($0.text)", $0.severity >= .warning ? .warning : .faint) }
    for kind in TableFinding.Kind.allCases {
      let list = found.list.filter { $0.kind == kind }
      guard !list.isEmpty else { continue }
      out.append(HeadLine("  \(kind.title) (\(list.count))", .header))
      for finding in list {
        let object: SafeText = finding.object.isEmpty ? "" : " \(finding.object)"
        let size: SafeText = finding.size.map { ", \(Units.bytes($0))" } ?? ""
        out.append(HeadLine("    \(finding.table)\(object)\(size): \(finding.evidence)", .text))
      }
    }
    return out
  }
}
