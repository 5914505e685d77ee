import OpsModel

/// What people write where the format has another word for it.
enum FormatHints {
  /// - Parameter key: one that the object does not know.
  /// - Returns: where it belongs; nil where nobody knows.
  static func hint(_ object: String, _ key: String) -> SafeText? {
    let shown = SafeText(escaping: key, limit: 60)
    if FormatSpec.looks.contains(key) {
      switch object {
      case "wait": return "a look stands in probe: wait: {probe: {\(shown): {…}}, until: …, timeout: …}"
      case "assert": return "assert compares what is known; to look at something: wait: {probe: {\(shown): {…}}, until: …, timeout: …}"
      default: break
      }
    }
    return words[object]?[key].map { "\(shown) is not known here: \($0)" }
  }

  /// A value that is written as a variable of a shell: `${host.name}`. Every shell ends with "bad substitution" there.
  /// - Returns: its path; nil where there is none. What follows a backslash is meant as it stands.
  static func unfilled(_ text: String) -> SafeText? {
    let parts = text.split(separator: "${", omittingEmptySubsequences: false)
    for (before, part) in zip(parts, parts.dropFirst()) where before.last != "\\" {
      guard let end = part.firstIndex(of: "}") else { continue }
      let path = String(part[..<end].filter { $0 != " " })
      let words = path.split(separator: ".", omittingEmptySubsequences: false)
      guard words.count > 1, words.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }) else {
        continue
      }
      let isKnown =
        switch words[0] {
        case "host": words == ["host", "name"]
        case "params", "secrets": words.count == 2
        case "run": words.count == 2 && ["id", "env", "user", "runbook"].contains(words[1])
        case "steps": words.count > 2 && ["outputs", "state"].contains(words[2])
        default: false
        }
      if isKnown { return SafeText(escaping: path, limit: 80) }
    }
    return nil
  }

  /// How a script takes the value of a path.
  static func inScript(_ path: String, _ kind: String) -> SafeText {
    let words = path.split(separator: ".").map(String.init)
    let name = SafeText(escaping: words.last?.uppercased() ?? "", limit: 60)
    if words.first == "secrets" { return "the secret is there as \"$S_\(name)\"" }
    if words.first == "params", kind == "run" { return "the parameter is there as \"$P_\(name)\"" }
    return "write \"$1\" there, and args: [\"${{ \(SafeText(escaping: path, limit: 80)) }}\"]"
  }

  private static let words: [String: [String: SafeText]] = [
    "wait": [
      "for": "timeout is how long to wait at most, hold how long it must stay so", "interval": "every is the time between two looks",
      "that": "until is what must become so",
    ],
    "sql": ["text": "the statement is query", "statement": "the statement is query", "params": "the values of $1, $2 are args"],
    "http": [
      "url": "conn names the server, path what is asked of it",
      "headers": "bearer and password stand at the connection, in the configuration", "body": "the body is json",
    ],
    "cmd": ["cmd": "the program and its arguments are argv", "command": "the program and its arguments are argv"],
    "run": [
      "cmd": "the text is script", "command": "the text is script", "env": "each parameter is there as P_NAME, each secret as S_NAME",
    ],
    "ssh": ["cmd": "the text is script", "command": "the text is script", "env": "parameters go by args, as $1, $2"],
    "step": [
      "name": "a step has an id", "when": "a condition is if", "batches": "it stands in strategy", "parallel": "it stands in strategy",
      "max_failures": "it stands in strategy", "that": "it stands in assert, verify or a precondition",
      "until": "it stands in wait, with a probe",
    ],
    "queue": ["max": "it stands in select", "order": "it stands in select", "error_contains": "it stands in select"],
    "runbook": ["parameters": "what the operator gives is params", "hosts": "it stands at a step", "name": "a runbook has an id"],
  ]
}
