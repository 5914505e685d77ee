import Canvas
import Connectors
import Console
import OpsModel
import Tape

/// What the configuration file says, checked.
struct Configuration: Sendable {
  /// Where it was read.
  var file: String?
  var environment = Environment.production
  /// Shown beside the environment, such as `eu-1`.
  var label: SafeText = ""
  var theme: String?
  var look: Look?
  /// Seconds between polls, for sources that do not say otherwise.
  var interval = 2.0
  /// Nothing may be changed.
  var readOnly = false
  var sources: [ConfiguredSource] = []
  var alerts = AlertSettings()
  var runbooks = RunbookSettings()
  var wall = WallSettings()
  var wallTheme: String?
  /// Nil where nothing is recorded.
  var tape: TapeSettings? = TapeSettings()

  /// Credentials that are known without starting a program: what comes back of them is not shown. Others are learnt when they are used.
  /// - Parameter isReading: those in files too, which could keep a program from its first paint.
  func credentials(isReading: Bool) -> [Credential] {
    (sources + runbooks.connections).flatMap { $0.credentials(isReading: isReading) }
  }
}

/// One source; its secrets are not filled in yet.
struct ConfiguredSource: Sendable {
  let name: SafeText
  let kind: String
  let url: SecretText
  /// The url for changes; without it they go by `url`.
  var write: SecretText?
  var texts: [String: SecretText] = [:]
  var lists: [String: [String]] = [:]
  let interval: Double
  /// The role at a database that this service alone uses.
  var databaseRole: String?

  /// See `Configuration.credentials`.
  func credentials(isReading: Bool) -> [Credential] {
    func text(_ secret: SecretText?) -> String? { secret?.known ?? (isReading ? secret?.read() : nil) }
    let found = texts.compactMapValues { text($0) }
    return [text(url), text(write)].compactMap { $0 }.flatMap { url in
      SourceSettings(name: name, kind: kind, url: url, texts: found).credentials
    }
  }
}
