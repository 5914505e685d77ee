import GRDB
import Glibc
import OpsModel

/// The tables of a tape, and how it is opened.
enum TapeFile {
  /// 3: rows that only grew older are not written again. 4: the tape says whose it is. Older ones from 2 on are read, and go on as 4.
  static let format = 4
  private static let known = 2...4
  /// `PRAGMA application_id`: a file that is no tape is not touched. "opsT"
  static let applicationID: Int32 = 0x6F70_7354

  /// Seconds since 1970 that can stand on a tape.
  static let times = 0.0...4_000_000_000

  static func writable(_ path: String, limit: Int, owner: DataOwner) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(2)
    configuration.prepareDatabase { database in
      // Pages are given back as they become free; a crash loses the last seconds at most, never the file.
      try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      try database.execute(sql: "PRAGMA journal_size_limit = 4194304; PRAGMA wal_autocheckpoint = 500")
      try database.execute(sql: "PRAGMA max_page_count = \(max(64, limit / 4096))")
    }
    // What is no tape is not touched: even a setting would change the file.
    try refuseOther(path)
    let isNew = try size(of: path) == 0
    if !isNew { _ = try readable(path) }
    let queue = try DatabaseQueue(path: plain(path), configuration: configuration)
    try queue.write { try prepare($0, owner) }
    // Somebody may have made an empty file that others can read.
    if isNew { chmod(path, 0o600) }
    return queue
  }

  /// A pipe would wait for ever, a folder would be an error of the disk.
  static func refuseOther(_ path: String) throws(TapeProblem) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw .file("it is no file") }
  }

  /// What tells a file from another one of its name; nil where there is none.
  static func identity(_ path: String) -> [UInt64]? {
    var facts = stat()
    return stat(path, &facts) == 0 ? [UInt64(facts.st_dev), UInt64(facts.st_ino)] : nil
  }

  private static func size(of path: String) throws -> Int {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
  }

  /// Only read: also a tape that another console writes to.
  static func readable(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(1)
    try refuseOther(path)
    // Where nobody writes, nothing shall be left beside it either.
    if access(path + "-wal", F_OK) != 0, let url = address(path), let found = try? checked(url, configuration) { return found }
    return try checked(plain(path), configuration)
  }

  private static func checked(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue {
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.read { try check($0) }
    return queue
  }

  /// Opened besides the one that records, for a row or two.
  static func appending(_ path: String, owner: DataOwner) throws -> DatabaseQueue {
    if let other = try readable(path).read({ try TapeOwnership($0) }).whole, other != owner { throw TapeProblem.another(other) }
    var configuration = Configuration()
    configuration.busyMode = .timeout(2)
    return try DatabaseQueue(path: plain(path), configuration: configuration)
  }

  /// A name that SQLite does not take for an address.
  private static func plain(_ path: String) -> String { path.hasPrefix("file:") ? "./" + path : path }

  private static let immutable = "?immutable=1"

  /// A path as SQLite's own kind of address.
  private static func address(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    let bytes = String(cString: real).utf8.map { byte -> String in
      let isPlain = byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") || Unicode.Scalar(byte).properties.isAlphabetic && byte < 0x80
      let digits = String(byte, radix: 16, uppercase: true)
      return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
    }
    return "file:" + bytes.joined() + immutable
  }

  private static func prepare(_ database: Database, _ owner: DataOwner) throws {
    let id = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if tables > 0 {
      try check(database)
      let ownership = try TapeOwnership(database)
      if let other = ownership.others(than: owner).first { throw TapeProblem.another(other) }
      if ownership.whole == nil { try claim(database, owner) }
      return
    }
    guard id == 0 else { throw TapeProblem.foreign }
    try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(format)")
    try database.execute(sql: schema)
    try claim(database, owner)
  }

  private static func claim(_ database: Database, _ owner: DataOwner) throws {
    try database.execute(sql: ownerTable)
    try database.execute(sql: "INSERT INTO owner VALUES (?, ?)", arguments: [owner.environment.rawValue, owner.label.text])
    try database.execute(sql: "PRAGMA user_version = \(format)")
  }

  static func version(_ database: Database) throws -> Int { try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0 }

  private static func check(_ database: Database) throws {
    guard try Int32.fetchOne(database, sql: "PRAGMA application_id") == applicationID else { throw TapeProblem.foreign }
    let found = try version(database)
    guard known.contains(found) else { throw TapeProblem.tooNew(found) }
    // Nothing but our own tables: a view or a trigger would run what somebody else wrote.
    let there = try String.fetchAll(database, sql: "SELECT coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    let ours = found < 4 ? statements : statements + [ownerTable]
    guard Set(there) == Set(ours), there.count == ours.count else { throw TapeProblem.foreign }
  }

  private static var statements: [String] {
    schema.split(separator: ";").map { String($0.drop(while: \.isWhitespace)) }.filter { !$0.isEmpty }
  }

  /// One row, since format 4.
  private static let ownerTable = "CREATE TABLE owner (environment TEXT NOT NULL, label TEXT NOT NULL)"

  /// Times are seconds since 1970.
  private static let schema = """
    CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE sources (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, facts BLOB NOT NULL);
    CREATE TABLE polls (source INTEGER NOT NULL, at REAL NOT NULL, failure BLOB, PRIMARY KEY (source, at)) WITHOUT ROWID;
    CREATE TABLE frames (
      source INTEGER NOT NULL, part INTEGER NOT NULL, at REAL NOT NULL, is_key INTEGER NOT NULL, data BLOB NOT NULL,
      PRIMARY KEY (source, part, at)) WITHOUT ROWID;
    CREATE TABLE series (
      number INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, key BLOB NOT NULL, measure TEXT NOT NULL,
      seen REAL NOT NULL);
    CREATE TABLE samples (coarse INTEGER NOT NULL, begins REAL NOT NULL, ends REAL NOT NULL, data BLOB NOT NULL);
    CREATE INDEX samples_by_time ON samples (coarse, ends);
    CREATE TABLE verdicts (at REAL PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE events (
      number INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, severity INTEGER NOT NULL, title TEXT NOT NULL,
      detail TEXT NOT NULL);
    CREATE INDEX events_by_time ON events (at);
    """
}
