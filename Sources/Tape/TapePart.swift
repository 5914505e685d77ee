import OpsModel

/// Parts of an observation that are written by themselves, each when it changed.
enum TapePart: Int, CaseIterable, Sendable {
  case head = 0
  case queues, workers, sessions, locks, statements, health, runtimes, host, alerts
}

/// What an observation tells besides its rows.
struct TapeHead: Codable {
  var facets: Set<Facet>
  var server: ServerState?
  var dead: Int?
  var feed: FailureFeed?
  var inFlight: Int?
  var oldestInFlight: Double?
  var company: [Presence]?
  var notices: [Notice]

  init(_ observation: Observation) {
    facets = observation.facets
    server = observation.server
    dead = observation.dead
    feed = observation.feed
    inFlight = observation.inFlight
    oldestInFlight = observation.oldestInFlight
    company = observation.company
    notices = observation.notices
  }

  func put(into observation: inout Observation) {
    observation.server = server
    observation.dead = dead
    observation.feed = feed
    observation.inFlight = inFlight
    observation.oldestInFlight = oldestInFlight
    observation.company = company
    observation.notices = notices
  }
}

/// What a system that watches tells.
struct TapeAlerts: Codable {
  let alerts: [AlertState]
  let silences: [SilenceState]
  let rules: [AlertRule]
}
