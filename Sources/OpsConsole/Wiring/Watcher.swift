import Connectors
import Console
import OpsModel

/// Starts watching: the configured sources, or what is found on this host.
struct Watcher: Sendable {
  let collector: Collector
  let mailbox: Mailbox
  let maker: SourceMaker
  let environment: [String: String]
  let clock: any OpsClock
  /// What discovery found, for the gate.
  let found: FoundSources
  /// Who else is told of sources that came to be known.
  var tell: @Sendable (ConsoleEvent) -> Void = { _ in }

  func start(_ configuration: Configuration?) {
    if let configuration, !configuration.sources.isEmpty {
      for source in configuration.sources {
        introduce(SourceMaker.view(of: source))
        Task { await watch(source) }
      }
    } else {
      mailbox.post(.discovery([], isRunning: true))
      Task { await discover(interval: configuration?.interval ?? 2, hasFile: configuration != nil) }
    }
  }

  private func introduce(_ source: SourceView) {
    mailbox.post(.source(source))
    tell(.source(source))
  }

  private func watch(_ source: ConfiguredSource) async {
    let connector: any Connector
    do throws(Failure) {
      connector = try await maker.connector(of: source)
    } catch {
      connector = BrokenSource(failure: error)
    }
    collector.watch(source.name, connector, interval: source.interval)
  }

  /// Looks again and again: what is not there at the first look may start later.
  private func discover(interval: Double, hasFile: Bool) async {
    var known: Set<String> = []
    let discovery = Discovery(environment: environment, clock: clock)
    while !Task.isCancelled {
      let result = await discovery.run()
      for source in result.sources where known.insert("\(source.kind) \(source.url)").inserted {
        found.add(source)
        introduce(SourceMaker.view(source.name, kind: source.kind, interval: interval))
        let connector: any Connector
        do throws(Failure) { connector = try maker.connector(of: source) } catch { connector = BrokenSource(failure: error) }
        collector.watch(source.name, connector, interval: interval)
      }
      // The machine itself is always found; whoever wants more must say where it is.
      let isAlone =
        result.sources.allSatisfy { ConnectorCatalogue.kind(named: $0.kind)?.needsURL == false } && known.count == result.sources.count
      mailbox.post(.discovery(isAlone ? Self.advice(result.notices, hasFile: hasFile) : [], isRunning: false))
      try? await Task.sleep(for: .seconds(10))
    }
  }

  private static func advice(_ notices: [Notice], hasFile: Bool) -> [Notice] {
    let why: SafeText = hasFile ? "the configuration names no source" : "no configuration"
    return [Notice(.ok, "\(why): this machine alone is watched; looked again every 10 s for more")] + notices
      + [Notice(.ok, "to name your sources: opsconsole init > ~/.config/opsconsole/config.yaml, or --config FILE")]
  }

  /// Reads the ends of a queue and posts the result.
  func look(into queue: ResourceID) {
    guard let reader = collector.connector(of: queue.source) as? any WaitingTaskReader else { return }
    Task {
      do throws(Failure) {
        mailbox.post(.waiting(queue, .success(try await reader.waitingTasks(of: queue, window: 20))))
      } catch {
        mailbox.post(.waiting(queue, .failure(error)))
      }
    }
  }
}
