/// Rules about single nodes and about the whole. The numbers after `R` are those of the catalogue in docs/plans.md.
enum ExplainRules {
  typealias OfNode = @Sendable (ExplainFacts, Int) -> ExplainAdvice?

  static let ofNode: [OfNode] = [
    filteredScan, spilledSort, spilledHash, spilledAggregate, misestimate, staleVisibility, lossyBitmap, missingWorkers, smallCache,
    coarseTime, coldCache, uselessIndex,
  ]
  static let ofPlan: [@Sendable (ExplainFacts) -> [ExplainAdvice]] = [compilation, planning, triggers]

  private static func count(_ value: Double) -> SafeText { Units.count(Int(clamped: value)) }
  private static func ms(_ value: Double) -> SafeText { Units.duration(value / 1000) }
  private static func kilobytes(_ value: Double) -> SafeText { Units.bytes(value * 1024) }

  static let filteredScan: OfNode = { facts, index in
    let node = facts.node(index)
    guard node.type == "Seq Scan", let removed = facts.total(.removedByFilter, index), let kept = node.totalRows else { return nil }
    guard removed >= 10_000, removed >= 9 * kept, (facts.share(index) ?? 0) >= 0.1 else { return nil }
    let filter = node[text: "Filter"] ?? "its filter"
    let share = removed / max(removed + kept, 1)
    let hint: SafeText =
      isSargable(filter.text)
      ? "an index on the columns of the filter could find the \(count(kept)) rows that stay; HypoPG or a second EXPLAIN shows whether it is taken"
      : "the filter calls a function or matches inside text: a plain index does not serve it, an expression or trigram index might"
    return ExplainAdvice(
      "R1", index, .warning, "\(count(removed)) rows (\(Units.percent(share))) were read and thrown away by \(filter.prefix(120))", hint)
  }

  /// Whether an ordinary index could serve a condition.
  static func isSargable(_ filter: String) -> Bool {
    if filter.contains("~~") || filter.contains(" ~ ") || filter.contains("<>") { return false }
    // A name with a parenthesis behind it is a call: `lower(name) = …`.
    var before: Character = " "
    for character in filter {
      if character == "(", before.isLetter || before.isNumber || before == "_" { return false }
      before = character
    }
    return true
  }

  static let spilledSort: OfNode = { facts, index in
    let node = facts.node(index)
    guard node[text: "Sort Space Type"] == "Disk", let size = node[.sortSpace] else { return nil }
    return ExplainAdvice(
      "R2", index, .warning, "the sort spilled \(kilobytes(size)) to disk (\(node[text: "Sort Method"] ?? "external"))",
      "in memory it takes about \(kilobytes(size * 2.5)): work_mem for this statement alone, or an index in the order of \((node[text: "Sort Key"] ?? "the key").prefix(80))"
    )
  }

  static let spilledHash: OfNode = { facts, index in
    let node = facts.node(index)
    guard node.type == "Hash", let batches = node[.hashBatches], batches > 1 else { return nil }
    let planned = node[.plannedBatches] ?? batches
    let below = facts.plan.subtree(of: index).contains { facts.estimates.origins.contains($0) }
    let first: SafeText = below ? "a misestimate lies below it: mend that first; else " : ""
    return ExplainAdvice(
      "R3", index, .warning,
      "the hash went to disk in \(count(batches)) batches (\(count(planned)) planned), peak \(kilobytes(node[.peakMemory] ?? 0))",
      "\(first)work_mem × \(count(batches)) would hold it (times hash_mem_multiplier from 13 on)")
  }

  static let spilledAggregate: OfNode = { facts, index in
    let node = facts.node(index)
    guard (node[.aggregateBatches] ?? 0) > 1 || (node.type == "Aggregate" && (node[.diskUsage] ?? 0) > 0) else { return nil }
    return ExplainAdvice(
      "R4", index, .warning,
      "the aggregate spilled \(kilobytes(node[.diskUsage] ?? 0)) to disk in \(count(node[.aggregateBatches] ?? 0)) batches",
      "more work_mem for this statement, or fewer groups before the join")
  }

  static let misestimate: OfNode = { facts, index in
    guard facts.estimates.origins.contains(index), let estimate = facts.estimates.list[index] else { return nil }
    let way: SafeText = estimate.isUnder ? "too few" : "too many"
    return ExplainAdvice(
      "R5", index, estimate.factor >= 100 ? .critical : .warning,
      "\(count(estimate.expected)) rows expected, \(count(estimate.actual)) came: \(count(estimate.factor))× \(way), and it begins here",
      "ANALYZE; extended statistics where columns depend on each other; n_distinct where it is far off")
  }

  static let staleVisibility: OfNode = { facts, index in
    let node = facts.node(index)
    guard node.type == "Index Only Scan", let fetches = node[.heapFetches], let rows = node.totalRows else { return nil }
    guard fetches >= 1000, fetches >= 0.02 * rows else { return nil }
    return ExplainAdvice(
      "R8", index, .warning, "\(count(fetches)) heap fetches for \(count(rows)) rows of an index-only scan",
      "the visibility map is behind: VACUUM the table; where that does not help, something holds the xmin horizon")
  }

  static let lossyBitmap: OfNode = { facts, index in
    let node = facts.node(index)
    guard let lossy = node[.lossyBlocks], lossy > 0 else { return nil }
    let exact = node[.exactBlocks] ?? 0
    guard exact > 0 else {
      return ExplainAdvice(
        "R9", index, .ok, "\(count(lossy)) lossy blocks, none exact",
        "normal for a BRIN index: judge it by the rows that its recheck removes")
    }
    return ExplainAdvice(
      "R9", index, .warning, "the bitmap had no room: \(count(lossy)) lossy blocks beside \(count(exact)) exact ones",
      "more work_mem for this statement keeps it exact")
  }

  static let missingWorkers: OfNode = { facts, index in
    let node = facts.node(index)
    guard let planned = node[.workersPlanned], let launched = node[.workersLaunched], launched < planned else { return nil }
    return ExplainAdvice(
      "R10", index, .warning, "\(count(launched)) of \(count(planned)) planned workers were launched",
      "the pool was used up: max_parallel_workers, max_worker_processes, or others' queries at that moment")
  }

  static let smallCache: OfNode = { facts, index in
    let node = facts.node(index)
    guard node.type == "Memoize", let evictions = node[.cacheEvictions], evictions > 0 else { return nil }
    let hits = node[.cacheHits] ?? 0
    let misses = node[.cacheMisses] ?? 0
    guard misses > 0, hits / misses < 1 else { return nil }
    return ExplainAdvice(
      "R12", index, .warning, "\(count(evictions)) evictions, \(count(hits)) hits for \(count(misses)) misses",
      "the cache is too small (work_mem × hash_mem_multiplier) or of no use here")
  }

  static let coarseTime: OfNode = { facts, index in
    guard facts.plan.isAnalyzed, facts.whole > 0, facts.times.bounds[index] >= 0.05 * facts.whole else { return nil }
    return ExplainAdvice(
      "R13", index, .ok,
      "\(count(facts.node(index).loops)) loops make the time of this node uncertain by ±\(ms(facts.times.bounds[index]))",
      "judge it by its buffers, or measure with TIMING OFF")
  }

  static let coldCache: OfNode = { facts, index in
    let node = facts.node(index)
    guard let read = node[.sharedRead], let hit = node[.sharedHit], read > hit, read > 0 else { return nil }
    guard let time = node[.readTime] ?? node[.sharedReadTime], facts.times.inclusive[index] > 0, node.children.isEmpty else { return nil }
    guard time >= 0.3 * facts.times.inclusive[index], (facts.share(index) ?? 0) >= 0.05 else { return nil }
    return ExplainAdvice(
      "R17", index, .ok, "\(Units.bytes(read * 8192)) came from disk and \(Units.bytes(hit * 8192)) from memory, in \(ms(time))",
      "a cold cache, or more data than memory: run it again before judging the plan")
  }

  static let uselessIndex: OfNode = { facts, index in
    let node = facts.node(index)
    guard node.type == "Index Scan" || node.type == "Bitmap Heap Scan", let kept = node.totalRows else { return nil }
    let removed = (facts.total(.removedByFilter, index) ?? 0) + (facts.total(.removedByRecheck, index) ?? 0)
    guard removed >= 1000, removed >= 9 * kept, (facts.share(index) ?? 0) >= 0.1 else { return nil }
    return ExplainAdvice(
      "R18", index, .warning, "\(count(removed)) rows of the index were thrown away again, \(count(kept)) stayed",
      "the index does not tell them apart: another order of columns, or one column more; a second EXPLAIN shows it")
  }

  static let compilation: @Sendable (ExplainFacts) -> [ExplainAdvice] = { facts in
    guard let time = facts.plan.compilation?.total, facts.whole > 0, time >= 0.1 * facts.whole else { return [] }
    let place: SafeText = payer(of: time, facts).map { "; node \($0 + 1) seems to have paid it, not its scan" } ?? ""
    return [
      ExplainAdvice(
        "R14", nil, .warning, "JIT took \(ms(time)), \(Units.percent(time / facts.whole)) of the execution\(place)",
        "jit_above_cost is too low for this statement, or its costs are misestimated; SET jit = off shows the difference")
    ]
  }

  /// Compiling is charged to the node that first runs compiled code: among equal siblings it stands out by about that time.
  private static func payer(of time: Double, _ facts: ExplainFacts) -> Int? {
    for node in facts.plan.nodes where node.children.count >= 2 {
      let alike = node.children.sorted { facts.times.exclusive[$0] > facts.times.exclusive[$1] }
      guard let first = alike.first, alike.allSatisfy({ facts.node($0).label == facts.node(first).label }) else { continue }
      let usual = facts.times.exclusive[alike[alike.count / 2]]
      if abs(facts.times.exclusive[first] - usual - time) <= 0.3 * time { return first }
    }
    return nil
  }

  static let planning: @Sendable (ExplainFacts) -> [ExplainAdvice] = { facts in
    guard let planning = facts.plan.planningTime, let run = facts.plan.executionTime, planning > run, planning > 5 else { return [] }
    return [
      ExplainAdvice(
        "R15", nil, .warning, "planning took \(ms(planning)), running \(ms(run))",
        "many partitions or joins, or a cold catalogue: prepare the statement, or plan less")
    ]
  }

  static let triggers: @Sendable (ExplainFacts) -> [ExplainAdvice] = { facts in
    facts.plan.triggers.compactMap { trigger in
      guard let time = trigger.time, facts.whole > 0, time >= 0.1 * facts.whole else { return nil }
      let calls = trigger.calls ?? 0
      let each: SafeText = calls > 0 ? ", \(ms(time / calls)) each" : ""
      return ExplainAdvice(
        "R16", nil, .warning,
        "trigger \(trigger.constraint ?? trigger.name) took \(ms(time)) in \(count(calls)) calls\(each)",
        "a check of a foreign key needs an index on the columns of the referencing table")
    }
  }
}
