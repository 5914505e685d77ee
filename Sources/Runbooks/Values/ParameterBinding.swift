public import OpsModel

/// What an operator gave, bound to the parameters of a runbook: every value checked, every problem told at once.
public enum ParameterBinding {
  public struct Problems: Error, Hashable, Sendable {
    /// `queue: it is missing`
    public let list: [SafeText]

    public init(list: [SafeText]) { self.list = list }
  }

  /// - Parameter given: texts by name; several for lists.
  /// - Throws: `Problems`.
  public static func bind(_ given: [String: [String]], to parameters: [Parameter]) throws(Problems) -> [String: RunValue] {
    var problems: [SafeText] = []
    var out: [String: RunValue] = [:]
    for name in given.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
      let near = Nearest.word(to: name, in: parameters.map(\.name)).map { "; did you mean \(SafeText(escaping: $0))?" as SafeText } ?? ""
      problems.append("there is no parameter \(SafeText(escaping: name, limit: 60))\(near)")
    }
    for parameter in parameters {
      guard let texts = given[parameter.name], !texts.isEmpty else {
        if let fallback = parameter.fallback {
          out[parameter.name] = fallback
        } else {
          problems.append("\(SafeText(escaping: parameter.name)): it is missing\(parameter.question.map { " (\($0))" } ?? "")")
        }
        continue
      }
      do throws(ExpressionProblem) { out[parameter.name] = try ParameterCheck.value(texts, of: parameter) } catch {
        problems.append("\(SafeText(escaping: parameter.name)): \(error.message)")
      }
    }
    guard problems.isEmpty else { throw Problems(list: problems) }
    return out
  }
}
