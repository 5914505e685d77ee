/// A program to be run: no shell in between, a clean environment, nothing to read but what is given.
public struct ChildProgram: Sendable {
  /// The first is the program: a path, or a name that is looked for in `PATH`.
  public var argv: [String]
  /// All of it: nothing is inherited.
  public var environment: [String: String]
  /// Nil for `/dev/null`.
  public var input: [UInt8]?
  /// Nothing of the input is sent before the program has printed this on its error output; it is not shown.
  public var inputAfter: [UInt8]?
  public var folder: String
  /// Bytes that it reads by the name of a file, and that are in none.
  public struct Feed: Sendable {
    public let path: String
    public let bytes: [UInt8]

    public init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  public var feeds: [Feed] = []
  /// Seconds until it is told to end, and between two signals.
  public var timeout: Double
  public var killAfter: Double
  /// Told apart from others by these in their environment, so that what it leaves behind is found.
  public var marks: [String]

  public init(
    argv: [String], environment: [String: String], input: [UInt8]? = nil, inputAfter: [UInt8]? = nil, folder: String = "/", timeout: Double,
    killAfter: Double, marks: [String]
  ) {
    self.argv = argv
    self.environment = environment
    self.input = input
    self.inputAfter = inputAfter
    self.folder = folder
    self.timeout = timeout
    self.killAfter = killAfter
    self.marks = marks
  }

  /// Where a name is looked for. Not the operator's own: what is run must not hang on who runs it.
  public static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}
