import OpsModel

/// Looks for PostgreSQL on this host.
struct PostgresDiscovery: Sendable {
  static let folders = ["/var/run/postgresql", "/tmp"]
  static let variables = ["PGHOST", "PGSERVICE", "PGPORT", "PGDATABASE"]

  let environment: [String: String]
  let clock: any OpsClock

  private struct Candidate: Sendable {
    let url: String
    let origin: SafeText
    let port: Int?
  }

  private var candidates: [Candidate] {
    var list: [Candidate] = []
    if let url = environment["DATABASE_URL"], url.hasPrefix("postgres") {
      list.append(Candidate(url: url, origin: "$DATABASE_URL", port: nil))
    }
    if let name = Self.variables.first(where: { environment[$0] != nil }) {
      list.append(Candidate(url: "", origin: SafeText(escaping: "$" + name), port: nil))
    }
    var ports: Set<Int> = []
    for folder in Self.folders {
      for name in FileFacts.names(in: folder) where name.hasPrefix(".s.PGSQL.") {
        guard let port = Int(name.dropFirst(9)), ports.insert(port).inserted else { continue }
        list.append(
          Candidate(url: "host=\(folder) port=\(port) dbname=postgres", origin: SafeText(escaping: "\(folder):\(port)"), port: port))
      }
    }
    list.append(Candidate(url: "host=127.0.0.1 port=5432 dbname=postgres", origin: "127.0.0.1:5432", port: 5432))
    return list
  }

  private struct Answer: Sendable {
    let candidate: Candidate
    let result: Result<SafeText, Failure>
  }

  func run() async -> Discovery.Found {
    let all = await withTaskGroup(of: (Int, Answer).self) { group in
      for (index, candidate) in candidates.enumerated() { group.addTask { (index, await ask(candidate)) } }
      return await group.reduce(into: [(Int, Answer)]()) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    var found = Discovery.Found()
    var ports: Set<Int> = []
    for answer in all {
      if let port = answer.candidate.port, ports.contains(port) { continue }
      switch answer.result {
      case .success(let product):
        if let port = answer.candidate.port { ports.insert(port) }
        found.notices.append(Notice(.ok, "\(product) at \(answer.candidate.origin)"))
        found.sources.append(SourceSettings(name: "postgres", kind: "postgres", url: answer.candidate.url))
        found.origins.append(answer.candidate.origin)
      case .failure(let failure):
        found.notices.append(Notice(.ok, "PostgreSQL, looked for at \(answer.candidate.origin): \(failure.what)"))
      }
    }
    return found
  }

  private func ask(_ candidate: Candidate) async -> Answer {
    let link = PostgresLink(settings: PostgresSettings(connection: candidate.url, password: nil), clock: clock)
    do throws(Failure) {
      let product = try await link.run { (connection) throws(Failure) in
        defer { connection.close() }
        try connection.open()
        return try PostgresFacts.read(connection).product
      }
      return Answer(candidate: candidate, result: .success(product))
    } catch {
      return Answer(candidate: candidate, result: .failure(error))
    }
  }
}
