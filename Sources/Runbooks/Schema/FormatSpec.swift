/// Every object of `runbook/v1`.
enum FormatSpec {
  static let objects: [ObjectSpec] = [document, parameter, secret, concurrency, alert, output, retry, strategy, probe, check, step] + kinds

  static func object(_ name: String) -> ObjectSpec { objects.first { $0.name == name } ?? ObjectSpec(name: name, fields: []) }

  static let longest = 86_400.0
  static let times = 0.0...longest

  private static let document = ObjectSpec(
    name: "runbook",
    fields: [
      FieldSpec("apiVersion", .word(["runbook/v1"]), required: true, "The format. Another one is refused."),
      FieldSpec("id", .text, required: true, "Small letters, digits and -, 63 at most."),
      FieldSpec("title", .text, required: true, "What it is for, on one line."),
      FieldSpec("description", .text, "What it does, at length: a block of text."),
      FieldSpec("owner", .text, required: true, "Whom to ask."),
      FieldSpec("version", .integer(1...1_000_000), "The author's number."),
      FieldSpec("class", .word(["diagnose", "mutate"]), "diagnose may only look."),
      FieldSpec("risk", .word(["low", "medium", "high"]), required: true, "Decides with the environment what the operator must do."),
      FieldSpec("environments", .list(.word(environments)), required: true, "Where it may run."),
      FieldSpec("alerts", .list(.either([.text, .object("alert")])), "Alerts that it answers."),
      FieldSpec("params", .map(.object("parameter")), "What the operator gives."),
      FieldSpec("secrets", .map(.object("secret")), "Where secrets come from; never their values."),
      FieldSpec("concurrency", .object("concurrency"), "Which runs exclude each other."),
      FieldSpec("timeout", .duration(1...longest), "Of the whole run; 60m without it."),
      FieldSpec("on_disconnect", .word(["finish_step", "continue", "cancel"]), "What it does when nobody looks for ten seconds."),
      FieldSpec("preconditions", .list(.object("check")), "Must hold when it is planned, and again before the first change."),
      FieldSpec("steps", .list(.object("step")), required: true, "In their order."),
      FieldSpec("on_failure", .list(.object("step")), "Once, after the step that failed is settled."),
      FieldSpec("finally", .list(.object("step")), "Always, also after a cancel."),
      FieldSpec("plan_ttl", .duration(10...longest), "A plan that is older is made anew; 10m without it."),
    ])

  static let environments = ["production", "staging", "development", "prod", "dev"]

  private static let parameter = ObjectSpec(
    name: "parameter",
    fields: [
      FieldSpec("type", .word(Parameter.Kind.allCases.map(\.rawValue)), required: true, "What it is."),
      FieldSpec("required", .flag, "No run without it."),
      FieldSpec("default", .body, "Where nothing is given."),
      FieldSpec("min", .text, "The least of a number, a time or a size."),
      FieldSpec("max", .text, "The most."),
      FieldSpec("values", .list(.text), "Of an enum."),
      FieldSpec("pattern", .text, "The whole text must match; 200 characters at most, without references."),
      FieldSpec("max_len", .integer(1...65_536), "Characters; 256 without it."),
      FieldSpec("allow_leading_dash", .flag, "It may begin with -, which programs take for an option."),
      FieldSpec("sensitive", .flag, "Not shown and not written down."),
      FieldSpec("prompt", .text, "What to ask the operator."),
      FieldSpec("source", .text, "A live list to pick from: pg.blockers, inventory:web."),
    ])

  private static let secret = ObjectSpec(
    name: "secret",
    fields: [
      FieldSpec("from", .object("secret_from"), required: true, "Where it is read when it is needed."),
      FieldSpec(
        "hosts", .list(.text), required: true,
        "Whose programs get it: [localhost] for those of this machine, [localhost, web-1] for scripts on web-1 too."),
    ])

  private static let concurrency = ObjectSpec(
    name: "concurrency",
    fields: [
      FieldSpec("lock", .template, "Runs of the same lock exclude each other; runbook:<id> without it."),
      FieldSpec("conn", .text, "A Redis or PostgreSQL connection that keeps the lock, for runs from every host."),
      FieldSpec("on_conflict", .word(["fail", "wait", "show"]), "What the second one does."),
    ])

  private static let alert = ObjectSpec(
    name: "alert",
    fields: [
      FieldSpec("name", .text, required: true, "The alert's name."), FieldSpec("labels", .map(.text), "Labels that it must have."),
    ])

  private static let output = ObjectSpec(
    name: "output",
    fields: [
      FieldSpec("from", .word(Output.From.allCases.map(\.rawValue)), required: true, "Where it stands."),
      FieldSpec("path", .text, "Names and numbers with dots: 0.waiters, data.state."),
      FieldSpec("type", .word(["string", "int", "float", "bool", "list"]), "What it is; text without it."),
    ])

  private static let retry = ObjectSpec(
    name: "retry",
    fields: [
      FieldSpec("max", .integer(0...20), required: true, "Attempts after the first."),
      FieldSpec("delay", .duration(0...3600), "Before the second attempt; 1s without it."),
      FieldSpec("factor", .number, "Each later pause is so many times as long; 2 without it."),
      FieldSpec("max_delay", .duration(0...3600), "60s without it."),
      FieldSpec("jitter", .word(["full", "none"]), "full takes a random part of each pause."),
      FieldSpec("on", .list(.text), "timeout, not_sent, exit:75, http:503, sqlstate:40001"),
    ])

  private static let strategy = ObjectSpec(
    name: "strategy",
    fields: [
      FieldSpec("batches", .list(.text), "Hosts per batch: 1, \"25%\", \"100%\"."),
      FieldSpec("parallel", .integer(1...100), "At once in a batch; 5 without it. Without batches a step that changes goes one at a time."),
      FieldSpec("max_failures", .integer(0...10_000), "More end it."),
      FieldSpec("between", .duration(times), "A pause between batches."),
      FieldSpec("gate", .list(.object("check")), "Must hold between batches."),
    ])

  /// A look: one kind that only reads, and its outputs.
  private static let probe = ObjectSpec(
    name: "probe",
    fields: [
      FieldSpec("id", .text, "Its name, where others refer to it."), FieldSpec("mode", .word(["read"]), "It only reads."),
      FieldSpec("outputs", .map(.object("output")), "What is taken from the answer."),
      FieldSpec("timeout", .duration(0.1...3600), "Of one look."),
    ] + actions.filter { Self.looks.contains($0.name) })

  /// A look and what must be so.
  private static let check = ObjectSpec(
    name: "check",
    fields: [
      FieldSpec("that", .expression, "What must be so."), FieldSpec("message", .text, "What to tell where it is not so."),
    ] + probe.fields + [FieldSpec("assert", .object("assert"), "Compares parameters alone.")])

  private static let step = ObjectSpec(
    name: "step",
    fields: [
      FieldSpec("id", .text, required: true, "Unique; small letters, digits and _."),
      FieldSpec("if", .expression, "Skipped where it is false."),
      FieldSpec("mode", .word(["read", "write"]), "read says that it changes nothing."),
      FieldSpec("idempotent", .flag, "A second time does no harm."),
      FieldSpec("verify", .object("check"), "Tells whether a change whose answer did not come has happened."),
      FieldSpec("preview", .object("probe"), "Shown with the plan."),
      FieldSpec("timeout", .duration(0.1...longest), "Of one attempt; 60s without it."),
      FieldSpec("kill_after", .duration(0...600), "Between TERM and KILL; 10s without it."),
      FieldSpec("retry", .object("retry"), "When it is tried again."),
      FieldSpec("outputs", .map(.object("output")), "What later steps may use; 4 KiB each."),
      FieldSpec("hosts", .template, "A list of hosts: the step is done on each."),
      FieldSpec("strategy", .object("strategy"), "How many hosts at once; one at a time without it where the step changes."),
      FieldSpec("per_host", .list(.object("step")), "Steps for each host, in place of a kind."),
      FieldSpec("per_host_finally", .list(.object("step")), "For every host that was begun."),
      FieldSpec("continue_on_error", .flag, "Its failure does not fail the run."),
      FieldSpec("confirm", .flag, "Asks as for a high risk; never less than without it."),
    ] + actions)

  /// Kinds that may stand in a look.
  static let looks = ["queue", "sql", "redis", "http", "cmd", "run", "ssh", "kubectl"]
}
