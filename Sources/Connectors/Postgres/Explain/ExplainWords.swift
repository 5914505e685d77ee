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
      .declined(
        .rejected(code, message, instead: "set the search_path; a temporary table is known only to the session that created it"))
    case .refused(let code, let message) where code == "42P18" || code == "42725" || code == "42601":
      .declined(
        .rejected(code, message, instead: "correct it; a text from the statistics has lost its constants, so try a running session's"))
    case .refused(let code, let message) where code.text.hasPrefix("42"):
      .declined(.rejected(code, message, instead: "correct the statement"))
    default: failure
    }
  }
}
