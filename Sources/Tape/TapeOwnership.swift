import GRDB
public import OpsModel

/// Whose recordings a tape holds. Since format 4 it is one owner for the whole tape; older tapes were shared by all environments of an
/// account, and each recording said its environment when it began.
public struct TapeOwnership: Sendable {
  /// Nil for a tape of an older format.
  public let whole: DataOwner?
  /// When recordings began, the oldest first; nil where one does not say of which environment it is.
  private let beginnings: [(at: Double, owner: DataOwner?)]

  init(_ database: Database) throws {
    if try TapeFile.version(database) >= 4 {
      beginnings = []
      let rows = try Row.fetchAll(database, sql: "SELECT environment, label FROM owner LIMIT 2")
      guard rows.count == 1, let environment = Environment(rawValue: try rows[0].decode(String.self, atIndex: 0)) else {
        throw TapeProblem.damaged("it does not say whose it is")
      }
      whole = DataOwner(environment, label: try rows[0].checkedText(1))
    } else {
      whole = nil
      let rows = try Row.fetchAll(
        database, sql: "SELECT at, detail FROM events WHERE kind = 'begun' ORDER BY at LIMIT 100000")
      beginnings = try rows.map { (try $0.checkedTime(0), Self.owner(saying: try $0.checkedText(1))) }
    }
  }

  /// Who recorded at a time; nil where the tape does not say.
  public func owner(at time: Double) -> DataOwner? {
    whole ?? beginnings.last { $0.at <= time }?.owner
  }

  /// All that it says of itself.
  public var all: Set<DataOwner> { whole.map { [$0] } ?? Set(beginnings.compactMap(\.owner)) }

  /// Whose recordings would be mixed with those of `owner`. Tapes of an older format know no labels.
  public func others(than owner: DataOwner) -> [DataOwner] {
    if let whole { return whole == owner ? [] : [whole] }
    return all.filter { $0.environment != owner.environment }.sorted { $0.name < $1.name }
  }

  /// What a recording says of itself as it begins: `environment staging`.
  private static func owner(saying detail: SafeText) -> DataOwner? {
    let words = detail.text.split(separator: " ")
    guard words.count >= 2, words[0] == "environment" else { return nil }
    return Environment(rawValue: String(words[1].prefix { $0 != "," })).map { DataOwner($0) }
  }
}
