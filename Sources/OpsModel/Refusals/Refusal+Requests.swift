/// Refusals about alerts, sources, servers of HTTP, and steps of runs.
extension Refusal {
  public static let quietNeedsLength = Refusal(
    "a silence begins with its length, a minute or more", instead: "write 30m, 2h or 1d, then the reason")

  public static let quietTooLong = Refusal("a silence lasts 7 days at most", instead: "change the configuration for a longer one")

  public static let quietNeedsReason = Refusal("a silence needs a reason behind its length", instead: "write 2h the disk is being replaced")

  public static func quietHasTwoLengths(_ first: SafeText, _ second: SafeText) -> Refusal {
    Refusal("there are two lengths, \(first) and \(second)", instead: "keep one")
  }

  public static func viewOnly(_ source: SafeText) -> Refusal { Refusal("\(source) is view-only: this kind of source has no actions") }

  public static func notAsked(_ source: SafeText) -> Refusal { Refusal("\(source) cannot answer this question") }

  public static func redirectLoop(_ address: SafeText) -> Refusal {
    Refusal("\(address) redirects again and again", instead: "name the final address in the url of this source")
  }

  public static func otherServer(_ address: SafeText, _ place: SafeText) -> Refusal {
    Refusal("\(address) redirects to another server, \(place), which OpsConsole does not follow", instead: "name that server in the url")
  }

  public static func noWorker(_ name: SafeText, of source: SafeText) -> Refusal {
    Refusal("\(source) has no worker named \(name)", instead: "list them with: opsconsole snapshot", exitCode: 64)
  }

  /// The gate let something through to no server; its sentence says why and what to do.
  public static func gate(_ sentence: SafeText) -> Refusal { Refusal(sentence) }
}
