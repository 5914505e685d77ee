/// A YAML document as plain values, each with where it stands. Lines and columns count from 1.
public indirect enum YAMLNode: Sendable {
  case scalar(String, isQuoted: Bool, Mark)
  case list([YAMLNode], Mark)
  case map([Entry], Mark)

  public struct Entry: Sendable {
    public let key: String
    public let keyMark: Mark
    public let value: YAMLNode
  }

  public struct Mark: Hashable, Sendable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  public var mark: Mark {
    switch self {
    case .scalar(_, _, let mark), .list(_, let mark), .map(_, let mark): mark
    }
  }

  /// What the value is, for messages.
  public var shape: String {
    switch self {
    case .scalar: "a plain value"
    case .list: "a list"
    case .map: "a mapping"
    }
  }
}

/// Something wrong in a file, and where.
public struct YAMLProblem: Error, Hashable, Sendable {
  public let mark: YAMLNode.Mark
  public let message: String

  public init(_ mark: YAMLNode.Mark, _ message: String) {
    self.mark = mark
    self.message = message
  }
}
