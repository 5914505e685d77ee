import OpsModel

/// Where the parts of one Celery source lie: broker, results, dead-letter lists.
struct CeleryPlaces {
  let keys: CeleryKeys
  /// The settings with the url of the results.
  let results: SourceSettings
  let lists: [CeleryDeadList]
  /// Both on one server: then one step can look at a result and push a message.
  let isOneServer: Bool
  let brokerDatabase: Int
  let resultDatabase: Int

  /// - Throws: `Failure.settings`.
  init(_ settings: SourceSettings) throws(Failure) {
    keys = CeleryKeys(prefix: settings.texts["prefix"] ?? "", resultPrefix: settings.texts["results_prefix"] ?? "")
    let broker = try RedisAddress(url: settings.url)
    let url = settings.texts["results"] ?? settings.url
    let stored: RedisAddress
    do throws(Failure) { stored = try RedisAddress(url: url) } catch {
      throw .settings("results: \(error.what)")
    }
    var texts = settings.texts
    // `password:` belongs to `url:`; a results url brings its own.
    if settings.texts["results"] != nil && (stored.password != nil || stored.place != broker.place) { texts["password"] = stored.password }
    results = SourceSettings(
      name: settings.name, kind: settings.kind, url: url, texts: texts, lists: settings.lists, interval: settings.interval,
      presence: settings.presence)
    isOneServer = stored.place == broker.place && stored.isTLS == broker.isTLS
    brokerDatabase = broker.database
    resultDatabase = stored.database
    var lists: [CeleryDeadList] = []
    for text in settings.lists["dead"] ?? [] {
      guard let list = CeleryDeadList(setting: text) else {
        throw .settings("dead: \"\(SafeText(escaping: text, limit: 80))\" is not NAME or \"NAME > QUEUE\"")
      }
      lists.append(list)
    }
    self.lists = lists
  }
}
