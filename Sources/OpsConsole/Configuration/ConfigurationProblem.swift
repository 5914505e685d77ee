import OpsModel
import StrictYAML

/// Something wrong in a file of the operator: which file, where, what.
struct ConfigurationProblem: Error, Hashable {
  let file: String
  let mark: YAMLNode.Mark?
  let message: SafeText

  /// `config.yaml:3:7: unknown key 'enviroment'; did you mean 'environment'?`
  var line: SafeText {
    let place: SafeText = mark.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(SafeText(escaping: file))\(place): \(message)"
  }
}

/// All that is wrong, in the order in which it stands there.
struct ConfigurationProblems: Error {
  let list: [ConfigurationProblem]
}
