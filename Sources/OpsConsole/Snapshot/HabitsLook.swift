import Connectors
import OpsModel

/// One look at the habits of all sources, without a screen.
struct HabitsLook: Sendable {
  let configuration: Configuration?
  let environment: [String: String]
  let clock: any OpsClock

  /// What was found, and of which sources nothing could be read.
  struct Result: Sendable {
    var reports: [(source: SafeText, report: HygieneReport)] = []
    var seen: [HygieneFinding] = []
    var failures: [(source: SafeText, failure: Failure)] = []

    var findings: [HygieneFinding] { reports.flatMap(\.report.findings) + seen }
    /// Sources that answered.
    var answered = 0
    /// Nothing at all was read.
    var isEmpty: Bool { answered == 0 }

    var lines: [SafeText] {
      var lines: [SafeText] = reports.map { "\($0.source): looked at \($0.report.looked)" }
      lines += failures.map { "\($0.source): \($0.failure.what)" }
      for finding in findings {
        lines.append("\(finding.severity.word)  \(finding.source)  \(finding.rule)  \(finding.sentence)")
        lines.append("    \(finding.why)")
      }
      return findings.isEmpty && !isEmpty ? lines + ["nothing was found in what was looked at"] : lines
    }

    var json: JSONText {
      let list = findings.map { finding -> JSONText in
        let fields: [(StaticString, JSONText)] = [
          ("rule", .text(finding.rule)), ("source", .text(finding.source)), ("subject", .text(finding.subject)),
          ("severity", .text(finding.severity == .critical ? "critical" : (finding.severity == .warning ? "warning" : "info"))),
          ("seen", .text(finding.seen)), ("why", .text(finding.why)),
        ]
        return .object(fields)
      }
      return .object([
        ("schema", .int(1)), ("findings", .array(list)),
        ("looked", .array(reports.map { .object([("source", .text($0.source)), ("at", .text($0.report.looked))]) })),
        ("failed", .array(failures.map { .object([("source", .text($0.source)), ("error", .text($0.failure.what))]) })),
      ])
    }
  }

  func run() async -> Result {
    let maker = SourceMaker(clock: clock, isEager: true)
    var connectors: [(SafeText, any Connector)] = []
    for source in configuration?.sources ?? [] {
      do throws(Failure) { connectors.append((source.name, try await maker.connector(of: source))) } catch {
        connectors.append((source.name, BrokenSource(failure: error)))
      }
    }
    if configuration?.sources.isEmpty ?? true {
      for source in await Discovery(environment: environment, clock: clock).run().sources {
        if let made = try? maker.connector(of: source) { connectors.append((source.name, made)) }
      }
    }
    var out = Result()
    for (name, connector) in connectors {
      do throws(Failure) {
        out.seen += HygieneRules.observed(try await connector.observe())
        out.answered += 1
        if let reader = connector as? any HygieneReader { out.reports.append((name, try await reader.hygiene())) }
      } catch {
        out.failures.append((name, error))
      }
      await connector.close()
    }
    return out
  }
}
