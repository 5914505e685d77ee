import OpsModel

/// Where the uWSGI servers of this machine tell their numbers, by their arguments: `--stats 127.0.0.1:1717`.
enum UwsgiDiscovery {
  static func addresses(_ table: ProcessTable, _ root: inout ProcRoot) -> [String] {
    var found: [String] = []
    for entry in table.entries.values.sorted(by: { $0.pid < $1.pid }) where entry.kind.name == "uwsgi" {
      let words = (root.read("/proc/\(entry.pid)/cmdline", limit: 16_384) ?? []).split(separator: 0).map {
        String(decoding: $0, as: UTF8.self)
      }
      let isHTTP = words.contains("--stats-http")
      for (index, word) in words.enumerated() {
        let value =
          word.hasPrefix("--stats=") ? String(word.dropFirst(8)) : (word == "--stats" && index + 1 < words.count ? words[index + 1] : nil)
        guard let value, let url = url(value, isHTTP), !found.contains(url) else { continue }
        found.append(url)
      }
    }
    return found
  }

  private static func url(_ value: String, _ isHTTP: Bool) -> String? {
    if value.hasPrefix("/") { return "unix://" + value }
    let place = value.hasPrefix(":") ? "127.0.0.1" + value : value
    guard let port = place.split(separator: ":").last.flatMap({ Int($0) }), (1...65_535).contains(port), place.contains(":") else {
      return nil
    }
    return isHTTP ? "http://" + place : place
  }
}
