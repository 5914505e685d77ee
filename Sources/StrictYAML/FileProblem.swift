public import OpsModel

/// Something wrong in a file of the operator: which file, where, what.
public struct FileProblem: Error, Hashable, Sendable {
  public let file: String
  public let mark: YAMLNode.Mark?
  public let message: SafeText

  public init(file: String, mark: YAMLNode.Mark?, message: SafeText) {
    self.file = file
    self.mark = mark
    self.message = message
  }

  /// `config.yaml:3:7: unknown key 'enviroment'; did you mean 'environment'?`
  public var line: SafeText {
    let place: SafeText = mark.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(SafeText(escaping: file))\(place): \(message)"
  }
}

/// All that is wrong, in the order in which it stands there.
public struct FileProblems: Error, Sendable {
  public let list: [FileProblem]

  public init(list: [FileProblem]) { self.list = list }
}
