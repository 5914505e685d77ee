/// Refusals about queues and what lies dead in them.
extension Refusal {
  /// - Parameter verb: as a command names it.
  public static func notOffered(_ verb: String, by system: SafeText) -> Refusal {
    Refusal("\(system) does not offer \(SafeText(escaping: verb, limit: 40))")
  }

  public static let rqArgumentsAreFixed = Refusal(
    "RQ stores arguments as a pickle, which OpsConsole never writes", instead: "enqueue a new job from the application")

  public static let argumentsAreNoJSON = Refusal(
    "new arguments must be a JSON list, with a JSON object behind it for named ones", instead: "write for example [1, \"a\"] {\"b\": 2}")

  public static let oneEditAtATime = Refusal("only one dead letter can be edited at a time", instead: "select one")

  public static let noNamedArguments = Refusal("Sidekiq jobs have no named arguments", instead: "give a JSON list alone")

  public static let listMessagesAreFixed = Refusal(
    "a message of a dead-letter list moves unchanged; only failed results take new arguments", instead: "retry it as it is")

  public static let messageIsNoJSON = Refusal(
    "cannot replace its arguments: the message no longer exists, or is not JSON", instead: "reload the list")

  /// - Parameter place: `the failed jobs`.
  public static func noLongerDead(_ place: SafeText) -> Refusal {
    Refusal("it is no longer among \(place)", instead: "reload the list")
  }

  public static func noSuchDeadList(_ name: SafeText) -> Refusal {
    Refusal("\(name) is not a configured dead-letter list", instead: "add it to dead: of this source", exitCode: 64)
  }

  /// - Parameter left: how long the lease still holds, in words.
  public static func leaseHeld(by who: SafeText, left: SafeText) -> Refusal {
    Refusal("\(who) works on the same set; its lease ends in \(left) unless renewed", instead: "wait, then try again", passes: true)
  }

  public static let leaseLost = Refusal(
    "another console took over this set; its lease replaced ours", instead: "see what it did, then try again", passes: true)

  /// - Parameter master: `10.0.0.5:6379`.
  public static func replica(of master: SafeText, isWritable: Bool, isLinked: Bool) -> Refusal {
    let more: SafeText = isWritable ? "; what is written to it is lost" : isLinked ? "" : ", and its link is down"
    return Refusal("this Redis is a replica of \(master)\(more)", instead: "name the primary in the url of this source")
  }

  /// - Parameter why: beginning with `its` or `it`.
  public static func writesRefused(_ why: SafeText) -> Refusal {
    Refusal("this Redis refuses writes: \(why)", instead: "repair the server, then try again")
  }

  /// A key that our script wants to write to holds something else.
  public static func wrongKey(_ what: SafeText) -> Refusal {
    Refusal(what, instead: "check that the source's settings name the right database and prefix")
  }

  /// - Parameter why: which worker lives and does not answer.
  public static func unheardWorkers(_ why: SafeText) -> Refusal {
    Refusal(why, instead: "wait until every worker answers, or stop the silent one", passes: true)
  }

  public static func quarantineFile(_ why: SafeText) -> Refusal {
    Refusal("cannot use the quarantine file: \(why)", instead: "choose another file")
  }

  public static func fileOfKind(_ kind: SafeText, for source: SafeText, of other: SafeText) -> Refusal {
    Refusal("the file comes from a source of kind \(kind), but \(source) is of kind \(other)", instead: "name a source of kind \(kind)")
  }

  public static func fileOfEnvironment(_ origin: SafeText, for environment: SafeText) -> Refusal {
    Refusal("the file was made in \(origin), and this is \(environment)", instead: "restore it with the configuration of \(origin)")
  }

  public static func fileOfSource(_ origin: SafeText, for source: SafeText) -> Refusal {
    Refusal("the file comes from source \(origin), not from \(source)", instead: "restore it to \(origin)")
  }
}
