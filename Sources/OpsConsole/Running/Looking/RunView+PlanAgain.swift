import OpsModel
import Runbooks

/// How a run is begun again from its beginning, where its rest cannot help.
extension RunView {
  /// The command, and what it does once more.
  func planAgain(_ left: RunRemainder) -> SafeText {
    let done = left.done.filter { history.step($0).state != .skipped }
    let names = SafeText.join(done.prefix(6).map { SafeText(escaping: $0, limit: 100) }, ", ") + (done.count > 6 ? ", …" : "")
    let again: SafeText = done.isEmpty ? "" : ", which does \(names) once more, with what is there then"
    return "Plan the runbook again: \(planning)\(again)"
  }

  /// The command that plans it with the same parameters. Sensitive ones are written nowhere.
  var planning: SafeText {
    let given = (runbook?.parameters ?? []).flatMap { parameter -> [SafeText] in
      if parameter.isSensitive {
        // One that nobody has to give is not known to have been given.
        return parameter.fallback == nil ? ["--param-env \(SafeText(escaping: parameter.name))=VARIABLE"] : []
      }
      guard let value = plan.parameters[parameter.name], value != parameter.fallback else { return [] }
      return [Self.option(parameter.name, value)]
    }
    return SafeText.join(["opsconsole runbook plan \(SafeText(escaping: plan.id))"] + given, " ")
  }

  private static func option(_ name: String, _ value: RunValue) -> SafeText {
    let text = if case .list(let list) = value { list.compactMap(\.argument).joined(separator: ",") } else { value.argument ?? "" }
    let word = "\(name)=\(text)"
    let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.,:/=@%+".contains($0)) }
    return "-p \(SafeText(escaping: isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"))"
  }
}
