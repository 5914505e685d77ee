import OpsModel
import Runbooks

/// Who else is at the servers of a run.
extension PlanWork {
  /// Who else is connected to the servers of this run; which of them do not answer is a warning.
  mutating func company() async -> [SafeText] {
    var names: Set<String> = []
    for step in runbook.allSteps { if let connection = step.action?.connection, connection.host == nil { names.insert(connection.name) } }
    for name in names.sorted() {
      guard let source = try? maker.places.source(ResolvedConnection(name: name, host: nil)) else { continue }
      guard source.credentials(isReading: true).contains(where: \.isShort) else { continue }
      warnings.append(
        "a credential of \(source.name) has less than \(SecretMask.shortest) bytes: it is hidden only beside its account or scheme")
    }
    let looked = await Self.company(maker.places, names)
    warnings += looked.compactMap(\.problem).sorted { $0.text < $1.text }
    return Set(looked.flatMap(\.others)).sorted { $0.text < $1.text }
  }

  private typealias Company = (others: [SafeText], problem: SafeText?)

  private static func company(_ places: StepPlaces, _ names: Set<String>) async -> [Company] {
    await withTaskGroup(of: Company.self) { group in
      for name in names {
        group.addTask {
          // Connections that only steps ask have no list of who is there.
          guard let connector = try? await places.connector(ResolvedConnection(name: name, host: nil)) else { return ([], nil) }
          let shown = SafeText(escaping: name, limit: 60)
          let found: Company
          do throws(Failure) {
            found = try await (connector.observe().company ?? []).reduce(into: ([], nil)) { all, one in
              all.others.append("\(one.who)\(one.isActing ? ", acting" : one.canWrite ? "" : ", read-only") at \(shown)")
            }
          } catch { found = ([], "\(shown) does not answer, and steps need it: \(error.what)") }
          await connector.close()
          return found
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }
}
