import OpsModel

/// A gunicorn server and its workers, by whatever tells of them.
struct GunicornMaster {
  struct Worker {
    let pid: Int32
    /// Seconds since its last heartbeat.
    var beat: Double?
    /// Nil where it can not be told.
    var isBusy: Bool?
  }

  let pid: Int32
  var workers: [Worker]
  /// Seconds without a heartbeat after which a worker is killed; 0 for never, nil where it is not known.
  var timeout: Double?
  var workerClass: String?
  var target: Int?
  var uptime: Double?

  /// Workers that run one request at a time and wait for the next by `select`.
  var isSync: Bool { workerClass.map { $0 == "sync" || $0.contains("SyncWorker") } ?? false }

  func state(_ source: SafeText, name: SafeText, now: Moment) -> RuntimeState {
    var state = RuntimeState(id: ResourceID(source: source, kind: .runtime, key: "\(pid)"), name: name, language: .python)
    state.version = "gunicorn\(workerClass.map { ", \(SafeText(escaping: Self.short($0), limit: 40))" } ?? "" as SafeText)"
    state.pid = Int(pid)
    state.host = LocalHost.name
    state.startedAt = uptime.map { now.unix - $0 }
    let known = workers.compactMap(\.isBusy)
    let busy = known.count == workers.count && !known.isEmpty ? known.filter { $0 }.count : nil
    let size = max(workers.count, target ?? 0)
    state.pools = [RuntimeState.Pool("workers", active: busy, size: size)]
    state.signals.set(.poolActive, busy.map(Double.init), from: .gunicorn)
    state.signals.set(.poolSize, Double(size), from: .gunicorn)
    state.members = workers.map { worker in
      var member = RuntimeState.Member(pid: Int(worker.pid), state: worker.isBusy.map { $0 ? "busy" : "idle" } ?? "not known")
      member.isBusy = worker.isBusy ?? false
      member.beat = worker.beat
      return member
    }
    if let target, workers.count < target { state.remarks.append("\(workers.count) of \(target) workers run") }
    return state
  }

  /// `<class 'gunicorn.workers.sync.SyncWorker'>` → `SyncWorker`
  private static func short(_ text: String) -> String {
    let last = text.split(separator: ".").last.map(String.init) ?? text
    return String(last.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
  }

  /// Workers that are about to be killed.
  var notices: [Notice] {
    guard let timeout, timeout > 0 else { return [] }
    return workers.compactMap { worker in
      guard let beat = worker.beat, beat > timeout / 2 + 1 else { return nil }
      return Notice(
        beat > timeout * 0.8 ? .critical : .warning,
        "worker \(worker.pid) has given no sign for \(Units.age(beat)): it is killed after \(Units.age(timeout)), with what it is at")
    }
  }
}
