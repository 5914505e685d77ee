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
    "# default, dark, light, high-contrast, deuteranopia, or the name of a file in ~/.config/opsconsole/themes",
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
  ]

  private var sources: [SafeText] {
    if found.sources.isEmpty { return ["  []", "  # Nothing was found on this host."] }
    return zip(found.sources, found.origins).flatMap { source, origin in
      ["  # found at \(origin)", "  - {name: \(source.name), kind: \(SafeText(escaping: source.kind)), url: \"\(url(source, origin))\"}"]
    }
  }

  private func url(_ source: SourceSettings, _ origin: SafeText) -> SafeText {
    if origin.text.hasPrefix("$") && source.kind == "postgres" {
      return origin.text == "$DATABASE_URL" ? "${DATABASE_URL}" : ""
    }
    let holdsSecret = source.url.contains("@")
    return holdsSecret ? "${\(SafeText(escaping: String(origin.text.dropFirst())))}" : SafeText(escaping: source.url)
  }
}
