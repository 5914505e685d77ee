extension WatchField {
  private func count(_ value: SafeText, _ noun: SafeText) -> SafeText { "\(value) \(noun)\(value.text == "1" ? "" : "s" as SafeText)" }

  /// What is so, and how much of it: `oldest task waits 8m51s`.
  func words(_ value: SafeText) -> SafeText {
    guard case .plain(let plain) = self else { return "\(SafeText(escaping: name)) \(value)" }
    return switch plain {
    case .queueReady: "has \(value) ready"
    case .queueRunning: "has \(value) running"
    case .queueScheduled: "has \(value) scheduled"
    case .queueDead, .deadCount: "has \(value) dead"
    case .queueOldestAge: "oldest task waits \(value)"
    case .queueGrowth: "grows by \(value)"
    case .queueWorkers: "has \(count(value, "worker"))"
    case .queueUnserved: "has \(value) ready and no worker"
    case .workerLastSeen: "was last heard of \(value) ago"
    case .workerOnTask: "is on one task for \(value)"
    case .workersBusy: "workers busy \(value)"
    case .workersStuck: "workers on one task for more than a minute \(value)"
    case .workersLost: "has lost \(count(value, "worker"))"
    case .deadRate: "dead letters come at \(value)"
    case .failedRate: "tasks fail at \(value)"
    case .sessionIdleInTransaction: "is idle in transaction for \(value)"
    case .sessionRunning: "runs one statement for \(value)"
    case .sessionWaiting: "waits for \(value)"
    case .blockerWait: "makes others wait for \(value)"
    case .blockerVictims: "makes \(count(value, "session")) wait"
    case .databaseConnections: "connections used \(value)"
    case .databaseWaiting: "has \(count(value, "session")) waiting"
    case .databaseTroubles: "has \(count(value, "serious finding"))"
    case .hostMemory: "memory used \(value)"
    case .hostCPUPressure: "tasks wait for a core \(value) of the time"
    case .hostIOPressure: "tasks wait for disks \(value) of the time"
    case .hostMemoryPressure: "tasks wait for memory \(value) of the time"
    case .hostKills: "killed \(value) processes for want of memory"
    case .sourceStale: "tells nothing new for \(value)"
    case .sourceTook: "takes \(value) to answer"
    }
  }
}
