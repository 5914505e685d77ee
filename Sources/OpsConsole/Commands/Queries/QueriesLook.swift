import ArgumentParser
import Connectors
import Console
import Gate
import OpsModel

/// Looks at one database for a script.
struct QueriesLook {
  let options: SharedOptions
  let source: String

  struct Seen: Sendable {
    let source: SourceView
    let observation: Observation
    let at: Moment
  }

  /// - Parameter window: seconds between two looks, where one is not enough.
  /// - Throws: `ExitCode` 64 for another kind of source, 69 where it does not answer.
  func take(window: Double? = nil) throws -> Seen {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock, isEager: true)
    let found = try access.source(source)
    try Self.requireDatabase(found)
    let result = Blocking.run { () async -> Result<Observation, any Error> in
      do {
        let connector = try await access.connector(found)
        var seen = try await connector.observe()
        if let window {
          try? await Task.sleep(for: .seconds(window))
          seen = try await connector.observe()
        }
        await connector.close()
        return .success(seen)
      } catch let failure as Failure {
        return .failure(SourceAccess.unavailable(found.name, failure))
      } catch { return .failure(error) }
    }
    let observation = try result.get()
    var view = SourceMaker.view(found.name, kind: found.kind, interval: found.interval)
    view.reading = .fresh(observation, at: observation.at)
    for notice in observation.notices where notice.severity >= .warning { Output.error(notice.text) }
    return Seen(source: view, observation: observation, at: clock.now())
  }

  static func requireDatabase(_ source: ConfiguredSource) throws {
    guard source.kind == "postgres" else {
      Output.error("\(source.name) is of kind \(SafeText(escaping: source.kind)), and queries are about PostgreSQL")
      throw ExitCode(64)
    }
  }

  /// The head of every document.
  static func head(_ seen: Seen, _ fields: [(StaticString, JSONText)]) -> JSONText {
    .object(
      [
        ("schema", .int(1)), ("at", .text(Calendar.stamp(seen.at.unix))), ("source", .text(seen.source.name)),
        ("took_seconds", .number(seen.observation.took)), ("notices", .array(seen.observation.notices.map { .text($0.text) })),
      ] + fields)
  }
}
