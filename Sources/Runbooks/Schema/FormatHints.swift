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
