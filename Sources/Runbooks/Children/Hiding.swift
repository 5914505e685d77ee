public import OpsModel

/// Keeps secrets and sensitive parameters out of what is written down: whole texts and values, where `SecretMask` takes streams.
public struct Hiding: Sendable {
  private let mask: SecretMask
  private let isEmpty: Bool

  public static let nothing = Hiding()

  private init() {
    mask = SecretMask.nothing
    isEmpty = true
  }

  /// - Throws: `ExpressionProblem` for one that is too short to be kept out.
  public init(_ secrets: [String]) throws(ExpressionProblem) {
    mask = try SecretMask(secrets.map { Array($0.utf8) })
    isEmpty = secrets.allSatisfy(\.isEmpty)
  }

  /// For the output of programs.
  public var stream: SecretMask { mask }

  public func text(_ text: String) -> String {
    guard !isEmpty else { return text }
    var mask = mask
    let shown = mask.take(Array(text.utf8))
    return String(decoding: shown + mask.finish(), as: UTF8.self)
  }

  public func text(_ text: SafeText) -> SafeText { isEmpty ? text : SafeText(escaping: self.text(text.text), limit: .max) }

  public func value(_ value: RunValue) -> RunValue {
    guard !isEmpty else { return value }
    return switch value {
    case .text(let text): .text(self.text(text))
    case .list(let list): .list(list.map { self.value($0) })
    case .map(let map): .map(map.mapValues { self.value($0) })
    default: value
    }
  }
}
