public import OpsModel

extension Gate {
  /// Orphans of a source whose workers must be asked for them. It takes no confirmation, since nothing is moved by asking; it is written down
  /// like every use of the credentials for changes.
  /// - Returns: nil where the connector can tell by looking alone.
  public func orphans(of source: SafeText, limit: Int) async throws(GateRefusal) -> [DeadLetter]? {
    let operation = Operation(.inspect, source: source, arguments: ["what": "orphans"])
    guard let actuator = try await asker(operation) else { return nil }
    do throws(GateRefusal) {
      let found = try await ask(actuator, operation, limit)
      await actuator.close()
      return found
    } catch {
      await actuator.close()
      throw error
    }
  }

  private func ask(_ actuator: any OrphanAsker, _ operation: Operation, _ limit: Int) async throws(GateRefusal) -> [DeadLetter] {
    do throws(AuditFailure) { try audit.write(entry(operation, .intent, hash: nil)) } catch { throw .audit(error.sentence) }
    let found: [DeadLetter]
    do throws(Failure) {
      found = try await actuator.askedOrphans(limit: limit, permit(for: operation))
    } catch {
      throw refuse(operation, .failed(error))
    }
    var outcome = entry(operation, .outcome, hash: nil)
    outcome.counts = .object([("requested", .int(1)), ("done", .int(1)), ("found", .int(found.count))])
    do throws(AuditFailure) { try audit.write(outcome) } catch { throw .audit(error.sentence) }
    return found
  }
}
