import Connectors
import OpsModel

/// A configuration file with comments, made from what was found. A password is never written: the variable that holds it is named.
struct ConfigurationTemplate {
  let found: Discovery.Found

  var lines: [SafeText] {
    Self.head + sources + Self.tail
  }

  private static let head: [SafeText] = [
    "# OpsConsole configuration. All of it is optional; `opsconsole doctor` checks it.",
    "",
    "# production, staging or development. Unset means production: the environment is shown on every screen.",
    "environment: production",
    "# label: eu-1",
    "",
    "# default, dark, light, high-contrast, deuteranopia, wallboard, or the name of a file in ~/.config/opsconsole/themes",
    "# theme: default",
    "",
    "# Seconds between polls; a source may have its own.",
    "interval: 2",
    "",
    "sources:",
  ]

  private static let tail: [SafeText] = [
    "",
    "# More examples. Secrets: ${VARIABLE} inside a url, or a whole value file:/path (mode 600) or command:… (first line it prints).",
    "#  - {name: orders, kind: rq, url: \"redis://10.0.0.5:6379/0\"}",
    "#  - {name: mail, kind: celery, url: \"rediss://console:${REDIS_PASSWORD}@10.0.0.5:6380/1\", ca: /etc/ssl/redis-ca.pem}",
    "#  - {name: main-db, kind: postgres, url: \"service=main\"}",
    "#  - {name: replica, kind: postgres, url: \"host=10.0.0.7 dbname=shop user=watcher sslmode=verify-full\", interval: 5}",
    "#  - {name: fleet, kind: prometheus, url: \"http://prom:9090\"}",
    "#  - {name: pager, kind: alertmanager, url: \"http://prom:9093\"}",
    "#  - {name: api, kind: metrics, url: \"http://10.0.0.7:9464/metrics\"}",
    "",
    "# Alerts beside the built-in ones (docs/alerts.md), and who is told. What is recorded (docs/tape.md), and the wall (docs/wallboard.md).",
    "# alerts:",
    "#  - {when: \"queue.ready > 500 for 2m\", where: \"name:payments\", severity: critical}",
    "#  - {name: pool-exhausted, off: true}",
    "# notify: {bell: critical, run: {critical: [/usr/local/bin/page, --from, opsconsole]}}",
    "# tape: {age: 7d, size: 256MB}",
    "# wallboard: {pages: [suspects, overview, queues], rotate: 15}",
  ]

  private var sources: [SafeText] {
    if found.sources.isEmpty { return ["  []", "  # Nothing was found on this host."] }
    return zip(found.sources, found.origins).flatMap { (source, origin) -> [SafeText] in
      let secret: SafeText = source.url.contains("@") && source.kind != "postgres" ? "; put its password into REDIS_PASSWORD" : ""
      return [
        "  # found at \(origin)\(secret)",
        "  - {name: \(source.name), kind: \(SafeText(escaping: source.kind))\(address(source, origin))}",
      ]
    }
  }

  private func address(_ source: SourceSettings, _ origin: SafeText) -> SafeText {
    source.url.isEmpty && ConnectorCatalogue.kind(named: source.kind)?.needsURL == false ? "" : ", url: \"\(url(source, origin))\""
  }

  private func url(_ source: SourceSettings, _ origin: SafeText) -> SafeText {
    if origin.text.hasPrefix("$") && source.kind == "postgres" {
      return origin.text == "$DATABASE_URL" ? "${DATABASE_URL}" : ""
    }
    return SafeText(escaping: Self.withoutPassword(source.url))
  }

  /// `redis://user:${REDIS_PASSWORD}@host/1`: the password itself stays where it came from.
  private static func withoutPassword(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@"), let colon = url.indices.first(where: { url[$0...].hasPrefix("://") }) else { return url }
    let account = url[url.index(colon, offsetBy: 3)..<at]
    guard let split = account.firstIndex(of: ":") else { return url }
    return url[..<split] + ":${REDIS_PASSWORD}" + url[at...]
  }
}
