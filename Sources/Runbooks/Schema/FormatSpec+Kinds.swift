extension FormatSpec {
  /// The keys of a step of which exactly one stands there.
  static let actions: [FieldSpec] = [
    FieldSpec("queue", .object("queue"), "Tasks of a queue, through the gate."), FieldSpec("sql", .object("sql"), "One statement."),
    FieldSpec("redis", .object("redis"), "One command."),
    FieldSpec("redis_scan", .object("redis_scan"), "One command for each key of a pattern."),
    FieldSpec("http", .object("http"), "One request."), FieldSpec("cmd", .object("cmd"), "A program, without a shell."),
    FieldSpec("run", .object("run"), "A fixed script; parameters are P_NAME in its environment."),
    FieldSpec("ssh", .object("ssh"), "A fixed script on a host; parameters are $1, $2 and so on."),
    FieldSpec("ansible", .object("ansible"), "A playbook."),
    FieldSpec("kubectl", .object("kubectl"), "kubectl with context and namespace."),
    FieldSpec("assert", .object("assert"), "Must hold, or the step fails."), FieldSpec("wait", .object("wait"), "Until something holds."),
    FieldSpec("approve", .object("approve"), "Another person."), FieldSpec("prompt", .object("prompt"), "A question to the operator."),
    FieldSpec("note", .template, "A sentence for whoever watches."), FieldSpec("runbook", .object("runbook_call"), "Another runbook."),
    FieldSpec("rundeck", .body, "Not known yet."),
  ]

  private static let connection = FieldSpec(
    "conn", .either([.text, .object("host_connection")]), required: true, "A source of the configuration, or a host of a group.")

  static let kinds: [ObjectSpec] =
    [
      ObjectSpec(
        name: "secret_from",
        fields: [
          FieldSpec("env", .text, "A variable."), FieldSpec("file", .text, "A file of the owner alone."),
          FieldSpec("cmd", .list(.text), "A program that prints it."),
        ]),
      ObjectSpec(
        name: "host_connection",
        fields: [
          FieldSpec("group", .text, required: true, "A group of hosts."),
          FieldSpec("host", .template, required: true, "A parameter of type host."),
        ]),
    ] + servers + programs + people

  private static let servers: [ObjectSpec] = [
    ObjectSpec(
      name: "queue",
      fields: [
        FieldSpec("action", .word(QueueAction.Name.allCases.map(\.rawValue)), required: true, "A verb of the gate, or a look."), connection,
        FieldSpec("source", .template, "The queue."),
        FieldSpec("ids", .template, "Things by name: what was retried (status), sessions (cancel, terminate), alerts (silence)."),
        FieldSpec("select", .object("select"), "Which of them."), FieldSpec("batch", .object("batch"), "How fast."),
        FieldSpec("stop_if", .object("stop_if"), "Ends it by itself."),
        FieldSpec("args", .map(.template), "What the verb needs: worker, signal, count."),
      ]),
    ObjectSpec(
      name: "select",
      fields: [
        FieldSpec("ids", .template, "These and no others."), FieldSpec("error_contains", .template, "Part of the error."),
        FieldSpec("task", .template, "The name of the task."), FieldSpec("older_than", .template, "Seconds since it failed, or a time."),
        FieldSpec("order", .word(["oldest", "newest"]), "oldest without it."), FieldSpec("max", .template, "No more than these."),
      ]),
    ObjectSpec(
      name: "batch",
      fields: [
        FieldSpec("size", .integer(1...10_000), "Items in one step on the server."), FieldSpec("per_second", .template, "Items."),
        FieldSpec("between", .duration(0...3600), "A pause between batches."),
      ]),
    ObjectSpec(
      name: "stop_if",
      fields: [
        FieldSpec("refailed_percent", .number, "So many hundredths failed again."),
        FieldSpec("ready_depth", .integer(1...1_000_000_000), "So many are ready."),
        FieldSpec("window", .duration(1...3600), "60s without it."),
      ]),
    ObjectSpec(
      name: "sql",
      fields: [
        connection, FieldSpec("query", .text, required: true, "Fixed text; parameters are $1, $2 and so on."),
        FieldSpec("args", .list(.template), "Their values."),
        FieldSpec("expect", .object("expect_rows"), "Another number of rows rolls it back."),
      ]),
    ObjectSpec(
      name: "expect_rows", fields: [FieldSpec("rows_affected", .text, required: true, "A number, or a range such as 1-20.")]),
    ObjectSpec(
      name: "redis",
      fields: [connection, FieldSpec("cmd", .list(.template), required: true, "The command is fixed, its arguments are data.")]),
    ObjectSpec(
      name: "redis_scan",
      fields: [
        connection, FieldSpec("match", .text, required: true, "The pattern of the keys."),
        FieldSpec("type", .word(["string", "list", "set", "zset", "hash", "stream"]), "Only keys of this type."),
        FieldSpec("max_keys", .integer(1...10_000_000), required: true, "It ends there."),
        FieldSpec("per_second", .number, "Commands; 1000 without it."),
        FieldSpec("each", .list(.template), required: true, "The command; {key} stands for the key."),
      ]),
    ObjectSpec(
      name: "http",
      fields: [
        connection,
        FieldSpec("method", .word(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]), required: true, "GET and HEAD only look."),
        FieldSpec("path", .template, required: true, "Each part of it is encoded."), FieldSpec("query", .map(.template), "Encoded."),
        FieldSpec("json", .body, "The body."), FieldSpec("expect", .list(.integer(100...599)), "Answers that are well; 2xx without it."),
      ]),
  ]

  private static let script: [FieldSpec] = [
    FieldSpec("script", .text, required: true, "Fixed text."), FieldSpec("args", .list(.template), "$1, $2 and so on."),
  ]

  private static let programs: [ObjectSpec] = [
    ObjectSpec(
      name: "cmd",
      fields: [
        FieldSpec("argv", .list(.template), required: true, "The program is fixed, its arguments are data."),
        FieldSpec("stdin", .template, "What it reads."), FieldSpec("env", .map(.template), "Variables besides the usual few."),
      ]),
    ObjectSpec(name: "run", fields: [FieldSpec("shell", .word(["bash", "sh"]), "bash without it.")] + script),
    ObjectSpec(name: "ssh", fields: [FieldSpec("host", .template, "Where no hosts stand beside it.")] + script),
    ObjectSpec(
      name: "ansible",
      fields: [
        FieldSpec("playbook", .text, required: true, "A file beside the runbook."),
        FieldSpec("inventory", .text, required: true, "Its inventory."),
        FieldSpec("limit", .template, "Hosts."), FieldSpec("vars", .map(.template), "Never read as templates by ansible."),
        FieldSpec("check", .flag, "The plan runs it with --check."), FieldSpec("diff", .flag, "And with --diff."),
      ]),
    ObjectSpec(
      name: "kubectl",
      fields: [
        FieldSpec("context", .template, required: true, "Never the one that happens to be chosen."),
        FieldSpec("namespace", .template, "Of the cluster."),
        FieldSpec("argv", .list(.template), required: true, "The verb is fixed, its arguments are data."),
      ]),
  ]

  private static let people: [ObjectSpec] = [
    ObjectSpec(
      name: "assert",
      fields: [
        FieldSpec("that", .expression, required: true, "What must be so."), FieldSpec("message", .text, "What to tell where it is not."),
      ]),
    ObjectSpec(
      name: "wait",
      fields: [
        FieldSpec("probe", .object("probe"), "What is looked at."), FieldSpec("until", .expression, required: true, "What must become so."),
        FieldSpec("every", .duration(0.1...3600), "Between two looks; 5s without it."),
        FieldSpec("hold", .duration(0...longest), "It must stay so for so long."),
        FieldSpec("timeout", .duration(0.1...longest), required: true, "Then the step has failed."),
      ]),
    ObjectSpec(
      name: "approve",
      fields: [
        FieldSpec("min", .integer(1...10), "Persons; 1 without it."),
        FieldSpec("group", .text, required: true, "Their group on this machine."),
        FieldSpec("not_initiator", .flag, "Not whoever began the run; true without it."),
        FieldSpec("timeout", .duration(1...longest), "10m without it."),
      ]),
    ObjectSpec(
      name: "prompt",
      fields: [
        FieldSpec("text", .template, required: true, "What to ask."),
        FieldSpec("choices", .list(.text), required: true, "What can be answered."),
      ]),
    ObjectSpec(
      name: "runbook_call",
      fields: [
        FieldSpec("id", .text, required: true, "Which one."),
        FieldSpec("hash", .text, required: true, "SHA-256 of its file: that one and no other."),
        FieldSpec("params", .map(.template), "What it is given."),
      ]),
  ]
}
