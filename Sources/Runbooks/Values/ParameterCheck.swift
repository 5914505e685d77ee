public import OpsModel

/// Makes values of what an operator typed, and refuses what must not reach a server or a program.
public enum ParameterCheck {
  /// Entries of a list.
  static let most = 10_000

  /// - Parameters:
  ///   - texts: one, or the entries of a list.
  ///   - isDefault: an empty text of the author's is no omission.
  /// - Throws: `ExpressionProblem` that says what is wanted.
  public static func value(_ texts: [String], of parameter: Parameter, isDefault: Bool = false) throws(ExpressionProblem) -> RunValue {
    if parameter.kind.value == .list {
      let entries =
        texts.count == 1 && !isDefault
        ? texts[0].split(separator: ",", omittingEmptySubsequences: false).map { String($0.drop { $0 == " " }) } : texts
      guard entries.count <= most else { throw ExpressionProblem("more than \(most) entries") }
      guard !entries.isEmpty || isDefault else { throw ExpressionProblem("it needs at least one entry") }
      var out: [RunValue] = []
      for entry in entries { out.append(.text(try checked(entry, parameter))) }
      return .list(out)
    }
    guard texts.count == 1 else { throw ExpressionProblem("it is one value and no list") }
    let text = texts[0]
    switch parameter.kind {
    case .int, .bytes, .pgPID: return .int(try whole(text, parameter))
    case .float, .duration: return .number(try amount(text, parameter))
    case .bool:
      guard let flag = ["true": true, "yes": true, "false": false, "no": false][text] else {
        throw ExpressionProblem("it is true or false")
      }
      return .bool(flag)
    default: return .text(try checked(text, parameter))
    }
  }

  private static func whole(_ text: String, _ parameter: Parameter) throws(ExpressionProblem) -> Int {
    let number = try amount(text, parameter)
    guard number == number.rounded(), number.magnitude <= 9e15 else { throw ExpressionProblem("it is a whole number") }
    return Int(number)
  }

  private static func amount(_ text: String, _ parameter: Parameter) throws(ExpressionProblem) -> Double {
    guard let number = amount(text, parameter.kind) else { throw ExpressionProblem("\(words(parameter.kind))") }
    if let least = parameter.least, number < least { throw ExpressionProblem("it is at least \(Units.short(least))") }
    if let most = parameter.most, number > most { throw ExpressionProblem("it is at most \(Units.short(most))") }
    return number
  }

  /// A number as it is written for this type.
  static func amount(_ text: String, _ kind: Parameter.Kind) -> Double? {
    let number: Double? =
      switch kind {
      case .int, .pgPID: Int(text).map(Double.init)
      case .float: Double(text)
      case .bytes: size(text)
      case .duration: time(text)
      default: nil
      }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }

  private static func split(_ text: String) -> (Double, String)? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    return Double(digits).map { ($0, String(text.dropFirst(digits.count))) }
  }

  private static func size(_ text: String) -> Double? {
    let units = [
      "": 1.0, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
      "TiB": 1_099_511_627_776,
    ]
    return split(text).flatMap { number, unit in units[unit].map { number * $0 } }
  }

  private static func time(_ text: String) -> Double? {
    let units = ["": 1.0, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400]
    return split(text).flatMap { number, unit in units[unit].map { number * $0 } }
  }

  private static func words(_ kind: Parameter.Kind) -> SafeText {
    switch kind {
    case .int, .pgPID: "it is a whole number"
    case .bytes: "it is a size, such as 512MB or 4GiB"
    case .duration: "it is a time, such as 30s or 5m"
    default: "it is a number"
    }
  }

  // MARK: Text

  private static func checked(_ text: String, _ parameter: Parameter) throws(ExpressionProblem) -> String {
    guard text.count <= parameter.longest else {
      throw ExpressionProblem("it is longer than \(Units.count(parameter.longest, "character"))")
    }
    // What can not be seen could be anything.
    if let odd = text.unicodeScalars.first(where: { isHidden($0) }) {
      throw ExpressionProblem(
        "it holds a character that can not be seen: U+\(SafeText(escaping: String(odd.value, radix: 16, uppercase: true)))")
    }
    if text.hasPrefix("-"), !parameter.allowsLeadingDash { throw ExpressionProblem("it begins with -, which programs take for an option") }
    if let pattern = parameter.pattern, !pattern.matches(text) {
      throw ExpressionProblem("it does not match \(SafeText(escaping: pattern.source))")
    }
    switch parameter.kind {
    case .enum where !parameter.choices.contains(text):
      throw ExpressionProblem("it is one of \(SafeText(escaping: parameter.choices.joined(separator: ", "), limit: 300))")
    case .host, .hosts:
      guard isHost(text) else { throw ExpressionProblem("it is the name of a host: letters, digits, . and -") }
    case .urlPath:
      guard isPath(text) else { throw ExpressionProblem("it is a path without empty parts, . and ..") }
    default: break
    }
    return text
  }

  /// Control characters in every form, and those that turn the direction of writing.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
    default: false
    }
  }

  static func isHost(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 253 else { return false }
    let isWord = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
    return isWord(first)
      && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }

  private static func isPath(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return text.hasPrefix("/") && parts.dropFirst().allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }
}
