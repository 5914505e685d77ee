/// The numbers of a plan node, by their names in `EXPLAIN (FORMAT JSON)` of PostgreSQL 12 to 18. Times are milliseconds and averages per
/// loop; blocks are totals over all loops and processes, those of the children included.
public enum ExplainField: String, CaseIterable, Sendable {
  case startupCost = "Startup Cost"
  case totalCost = "Total Cost"
  case planRows = "Plan Rows"
  case planWidth = "Plan Width"
  case startupTime = "Actual Startup Time"
  case totalTime = "Actual Total Time"
  case rows = "Actual Rows"
  case loops = "Actual Loops"
  case removedByFilter = "Rows Removed by Filter"
  case removedByJoinFilter = "Rows Removed by Join Filter"
  case removedByRecheck = "Rows Removed by Index Recheck"
  case sortSpace = "Sort Space Used"
  case hashBuckets = "Hash Buckets"
  case hashBatches = "Hash Batches"
  case plannedBatches = "Original Hash Batches"
  case peakMemory = "Peak Memory Usage"
  case aggregateBatches = "HashAgg Batches"
  case diskUsage = "Disk Usage"
  case heapFetches = "Heap Fetches"
  case exactBlocks = "Exact Heap Blocks"
  case lossyBlocks = "Lossy Heap Blocks"
  case cacheHits = "Cache Hits"
  case cacheMisses = "Cache Misses"
  case cacheEvictions = "Cache Evictions"
  case workersPlanned = "Workers Planned"
  case workersLaunched = "Workers Launched"
  case subplansRemoved = "Subplans Removed"
  case sharedHit = "Shared Hit Blocks"
  case sharedRead = "Shared Read Blocks"
  case sharedDirtied = "Shared Dirtied Blocks"
  case sharedWritten = "Shared Written Blocks"
  case tempRead = "Temp Read Blocks"
  case tempWritten = "Temp Written Blocks"
  /// Up to 16.
  case readTime = "I/O Read Time"
  /// From 17.
  case sharedReadTime = "Shared I/O Read Time"

  static let byName: [ArraySlice<UInt8>: ExplainField] = Dictionary(
    uniqueKeysWithValues: allCases.map { (Array($0.rawValue.utf8)[...], $0) })
}
