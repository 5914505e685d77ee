import Console
import Gate
import OpsModel
import Synchronization

/// Walks over dead letters for the console: one study and one list at a time, each ended by the next.
final class DeadDesk: Sendable {
  /// Seconds between two tellings of a walk.
  static let every = 0.25
  static let orphanLimit = 1_000

  private let collector: Collector
  private let mailbox: Mailbox
  private let clock: any OpsClock
  /// Orphans of a source whose workers must be asked; nil where looking is enough, or where nothing may be asked.
  private let ask: @Sendable (SafeText) async throws(GateRefusal) -> [DeadLetter]?
  private let exporter: DeadExport
  private let studies = Mutex<[SafeText: Task<Void, Never>]>([:])
  private let list = Mutex<Task<Void, Never>?>(nil)

  init(
    collector: Collector, mailbox: Mailbox, clock: any OpsClock,
    exporter: DeadExport, ask: @escaping @Sendable (SafeText) async throws(GateRefusal) -> [DeadLetter]?
  ) {
    self.exporter = exporter
    self.ask = ask
    self.collector = collector
    self.mailbox = mailbox
    self.clock = clock
  }

  func study(_ sources: [SafeText]) {
    for source in sources {
      let task = Task {
        if let store = await self.store(of: source) { await self.study(source, store) }
      }
      let before = studies.withLock { $0.updateValue(task, forKey: source) }
      before?.cancel()
    }
  }

  /// Right after the start a source is known and its connector may still be under way: secrets are fetched first.
  private func store(of source: SafeText) async -> (any DeadLetterStore)? {
    for _ in 0..<100 where !Task.isCancelled {
      if let connector = collector.connector(of: source) { return connector as? any DeadLetterStore }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return nil
  }

  func stop() { for task in studies.withLock({ Array($0.values) }) { task.cancel() } }

  private func study(_ source: SafeText, _ store: any DeadLetterStore) async {
    var study = DeadStudy(source: source, began: clock.now())
    mailbox.post(.study(study))
    if let finder = store as? any OrphanFinder {
      do throws(Failure) { study.orphans = try await finder.orphans(limit: Self.orphanLimit) } catch {
        study.notices.append("orphans could not be looked for: \(error.what)")
      }
    }
    var groups = DeadGroups(now: study.began.unix)
    var told = study.began
    do throws(Failure) {
      study.progress = try await DeadLetterWalk(store: store).run { letters, progress in
        for letter in letters { groups.add(letter) }
        if clock.now().age(since: told) >= Self.every {
          told = clock.now()
          study.progress = progress
          study.groups = groups.groups
          mailbox.post(.study(study))
        }
        return !Task.isCancelled
      }
    } catch {
      study.failure = error
    }
    study.groups = groups.groups
    study.ended = clock.now()
    mailbox.post(.study(study))
  }

  func list(_ request: DeadListRequest) {
    let connector = collector.connector(of: request.source)
    let task = Task { await self.read(request, connector) }
    let before = list.withLock { list in
      defer { list = task }
      return list
    }
    before?.cancel()
  }

  private func read(_ request: DeadListRequest, _ connector: (any Connector)?) async {
    var list = DeadList(request: request, began: clock.now())
    do throws(Failure) {
      if request.isOrphans {
        list.letters = try await orphans(request.source, connector)
        list.progress = DeadProgress(total: list.letters.count)
      } else if let store = connector as? any DeadLetterStore {
        try await walk(request, store, &list)
      }
    } catch {
      list.failure = error
    }
    guard !Task.isCancelled else { return }
    list.ended = clock.now()
    mailbox.post(.deadList(list))
  }

  private func orphans(_ source: SafeText, _ connector: (any Connector)?) async throws(Failure) -> [DeadLetter] {
    let asked: [DeadLetter]?
    do throws(GateRefusal) { asked = try await ask(source) } catch { throw error.failure }
    if let asked { return asked }
    return try await (connector as? any OrphanFinder)?.orphans(limit: Self.orphanLimit) ?? []
  }

  private func walk(_ request: DeadListRequest, _ store: any DeadLetterStore, _ list: inout DeadList) async throws(Failure) {
    var found: [DeadLetter] = []
    var told = clock.now()
    var out = list
    let now = clock.now().unix
    let scopes = try await request.selection.scopes(of: store).map(\.key)
    let progress = try await DeadLetterWalk(store: store, scopes: scopes).run(first: 100) { letters, progress in
      for letter in letters where found.count < DeadList.limit && request.selection.holds(letter, now: now) { found.append(letter) }
      // The first page is there at once; what comes after is told now and then.
      if progress.seen == letters.count || clock.now().age(since: told) >= Self.every {
        told = clock.now()
        out.letters = found
        out.progress = progress
        if !Task.isCancelled { mailbox.post(.deadList(out)) }
      }
      return found.count < DeadList.limit && !Task.isCancelled
    }
    list.letters = found
    list.progress = progress
  }

  func export(_ request: DeadListRequest) {
    guard !request.isOrphans, let store = collector.connector(of: request.source) as? any DeadLetterStore else {
      return mailbox.post(.message(Notice(.warning, "orphans are not exported; opsconsole orphans list --format json prints them")))
    }
    let (mailbox, exporter) = (mailbox, exporter)
    Task.detached { mailbox.post(.message(await exporter.run(request, store))) }
  }

  func inspect(_ source: SafeText, _ target: Target) {
    guard let store = collector.connector(of: source) as? any DeadLetterStore else { return }
    Task {
      let id = Target.identity(source: source, kind: .deadLetter, scope: target.scope, key: target.key)
      do throws(Failure) {
        mailbox.post(.deadDetail(id, .success(try await store.inspect(target))))
      } catch {
        mailbox.post(.deadDetail(id, .failure(error)))
      }
    }
  }
}
