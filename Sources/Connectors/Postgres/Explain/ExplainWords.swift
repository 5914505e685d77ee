import OpsModel

/// What a refused EXPLAIN means, and what to try.
enum ExplainWords {
  static func explained(_ failure: Failure, _ facts: PostgresFacts) -> Failure {
    switch failure {
    case .permission(let what, _):
      .permission(
        what: what,
        grant:
          "EXPLAIN needs the rights of the statement: GRANT pg_read_all_data TO \(facts.role) (14 and later), for writes the privilege on the table"
      )
    case .refused(let code, let message) where code == "42P01":
      .refused(code: code, message: "\(message): not in this role's search_path, or made and dropped by the session itself")
    case .refused(let code, let message) where code == "42P18" || code == "42725" || code == "42601":
      .refused(
        code: code,
        message: "\(message): the text has lost its constants, and without them it has no plan; try a running session's statement")
    default: failure
    }
  }
}
