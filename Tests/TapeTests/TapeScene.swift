import Foundation
import OpsModel
import Testing

@testable import Console
@testable import Tape

/// A tape in a folder of its own, and observations to put on it.
struct TapeScene: ~Copyable {
  let folder: URL
  let writer: TapeWriter

  var path: String { folder.appendingPathComponent("tape.sqlite").path }

  static let owner = DataOwner(.production)

  /// The time at which everything begins: a full minute.
  static let start = 1_795_000_020.0

  init(size: Int? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("opsc-tape-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var settings = TapeSettings()
    if let size { settings.size = size }
    writer = try TapeWriter(path: folder.appendingPathComponent("tape.sqlite").path, settings: settings, owner: Self.owner, now: Self.start)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static func moment(_ seconds: Double) -> Moment { Moment(steady: 500 + seconds, unix: start + seconds) }

  static let orders = SourceView(name: "orders", kind: "rq", facets: [.queues, .workers], interval: 2, canShowWaiting: true)

  static func queue(_ name: String, _ ready: Int, oldest: OldestAge = .none) -> QueueState {
    QueueState(
      id: ResourceID(source: "orders", kind: .queue, key: name), name: SafeText(escaping: name), ready: ready, running: 1, dead: nil,
      oldest: oldest, workers: 2, paused: false)
  }

  static func observation(_ seconds: Double, _ queues: [QueueState]) -> Observation {
    var out = Observation(source: "orders", at: moment(seconds), took: 0.01, facets: [.queues, .workers])
    out.queues = queues
    return out
  }

  /// One second of a watch: the observation, and what is remembered of it.
  func pass(_ seconds: Double, _ observation: Observation) throws {
    let now = Self.start + seconds
    try writer.take(.observed(observation), now: now)
    var tick = TapeTick(at: Self.moment(seconds))
    for queue in observation.queues {
      if let ready = queue.ready {
        tick.samples.append(HistorySample(id: queue.id, measure: .ready, value: Double(ready), at: observation.at))
      }
    }
    try writer.take(.tick(tick), now: now)
  }
}
