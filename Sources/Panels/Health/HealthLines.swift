import Canvas
import OpsModel

/// The server's side of the health page.
struct HealthLines {
  let health: DatabaseHealth
  let now: Moment

  var all: [HeadLine] {
    var out = health.troubles.map { HeadLine($0.text, $0.severity == .critical ? .critical : .warning) }
    out.append(
      heading(
        "counters, \(health.pressure.span.map { "over \(Units.age($0))" } ?? "one look so far"), read \(Units.age(now.age(since: health.at))) ago"
      ))
    out += pressure
    out += section("replication", replication, none: health.standby == nil ? "no standby is connected, no slot" : nil)
    out += section("work in progress", health.progress.map(progress), none: "no vacuum, index build, copy, backup or analyze runs")
    out += section(
      "xmin horizon", health.horizon.prefix(5).map(horizon),
      none: health.isLimited ? "hidden from this role" : "nothing keeps vacuum from cleaning up")
    out += section("wraparound", health.wraparound.prefix(5).map(wraparound), none: nil)
    if !health.temporary.isEmpty {
      out += section(
        "temporary files now", health.temporary.prefix(5).map { HeadLine("  pid \($0.pid)  \(Units.bytes($0.bytes))", .text) }, none: nil)
    }
    return out + health.gaps.map { HeadLine("not read: \($0)", .warning) }
  }

  private func heading(_ words: SafeText) -> HeadLine { HeadLine(words, .title) }

  private func section(_ title: SafeText, _ lines: [HeadLine], none: SafeText?) -> [HeadLine] {
    guard !lines.isEmpty else { return none.map { [HeadLine("\(title): \($0)", .faint)] } ?? [] }
    return [heading(title)] + lines
  }

  private var pressure: [HeadLine] {
    let p = health.pressure
    func shown(_ label: SafeText, _ value: SafeText?) -> SafeText? { value.map { "\(label) \($0)" } }
    func bytes(_ value: Double?) -> SafeText? { value.map { "\(Units.bytes($0))/s" } }
    let first = [
      shown("commits", p.commits.map { Units.rate($0) }), shown("rollbacks", p.rollbacks.map { Units.rate($0) }),
      shown("cache hit", p.hitShare.map { Units.percent($0) }), shown("read", bytes(p.reads.map { $0 * 8192 })),
      shown("temp", bytes(p.temporaryBytes)), shown("WAL", bytes(p.walBytes)),
      shown("full pages", p.fullPageShare.map { Units.percent($0) }),
    ].compactMap { $0 }
    let second = [
      shown("checkpoints in", p.checkpointSpan.map { Units.age($0) }),
      shown("timed", p.timedCheckpoints.map { Units.count(Int(clamped: $0)) }),
      shown("requested", p.requestedCheckpoints.map { Units.count(Int(clamped: $0)) }),
      shown("checkpoint load", p.checkpointLoad.map { Units.percent($0) }),
      shown("sessions wrote", bytes(p.backendWrites.map { $0 * 8192 })),
      shown("deadlocks", p.deadlocks.map { Units.count(Int(clamped: $0)) }),
      shown("conflicts", p.conflicts.map { Units.count(Int(clamped: $0)) }),
      shown("sessions lost", p.lostSessions.map { Units.count(Int(clamped: $0)) }),
      shown("archive failures", p.archiveFailures.map { Units.count(Int(clamped: $0)) }),
    ].compactMap { $0 }
    return [first, second].filter { !$0.isEmpty }.map { HeadLine("  \(SafeText.join($0, " · "))", .text) }
  }

  private var replication: [HeadLine] {
    var out: [HeadLine] = []
    if let standby = health.standby {
      let words: [SafeText] = [
        standby.receiver.map { "receiver \($0)" } ?? "no receiver runs",
        standby.behind.map { "\(Units.bytes($0)) not replayed" } ?? "replay not known",
        standby.replayAge.map { "replayed to \(Units.age($0)) ago" } ?? "", standby.heardAge.map { "heard \(Units.age($0)) ago" } ?? "",
        standby.pause ?? "",
      ]
      out.append(
        HeadLine("  this standby: \(SafeText.join(words.filter { !$0.isEmpty }, ", "))", standby.receiver == nil ? .critical : .text))
    }
    out += health.replicas.map { replica in
      let lag: SafeText =
        replica.replayLag.map { "\(Units.duration($0)) behind" } ?? (replica.state == nil ? "hidden from this role" : "idle, caught up")
      let stages: [(SafeText, Double?)] = [
        ("unsent", replica.unsent), ("unflushed", replica.unflushed), ("unreplayed", replica.unreplayed),
      ]
      let parts = stages.compactMap { stage in stage.1.map { "\(stage.0) \(Units.bytes($0))" as SafeText } }
      return HeadLine(
        "  standby \(replica.name) \(replica.client ?? "") \(replica.state ?? "?") \(replica.sync ?? ""): \(lag), \(SafeText.join(parts, ", "))",
        .text)
    }
    out += health.slots.map { slot in
      let kept: SafeText = slot.retained.map { "keeps \(Units.bytes($0)) of WAL" } ?? "keeps nothing"
      let state: SafeText = slot.isActive ? "active" : "INACTIVE"
      return HeadLine("  slot \(slot.name) \(slot.kind ?? "") \(state) \(slot.status ?? ""): \(kept)", slot.isActive ? .text : .warning)
    }
    return out
  }

  private func progress(_ work: DatabaseHealth.Progress) -> HeadLine {
    let bar = work.share.map { share -> SafeText in
      let full = max(0, min(Int(clamped: share * 20), 20))
      return
        "[\(SafeText.join([SafeText](repeating: "#", count: full) + [SafeText](repeating: ".", count: 20 - full), ""))] \(Units.percent(share))"
    }
    let words: [SafeText?] = [
      "\(work.pid)", work.work, work.object, work.phase, bar, work.age.map { "for \(Units.age($0))" }, work.wait.map { "waits for \($0)" },
      work.note,
    ]
    return HeadLine("  \(SafeText.join(words.compactMap { $0 }, "  "))", work.isStuck ? .warning : .text)
  }

  private func horizon(_ holder: DatabaseHealth.Horizon) -> HeadLine {
    let age: SafeText = holder.age.map { "\(Units.count($0)) transactions" } ?? "?"
    let since: SafeText = holder.seconds.map { ", \(Units.age($0))" } ?? ""
    return HeadLine("  \(holder.kind) \(holder.id)  \(age)\(since)  \(holder.note ?? "")", .text)
  }

  private func wraparound(_ database: DatabaseHealth.Wraparound) -> HeadLine {
    HeadLine(
      "  \(database.database)  \(Units.count(database.transactions)) transactions, \(Units.percent(database.share)) of the limit", .text)
  }
}
