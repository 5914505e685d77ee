import Gate
import OpsModel

extension DataOwner {
  /// A part of the name of a file, and no other owner's: `production`, `production@eu-1`.
  var fileName: String {
    guard !label.isEmpty else { return environment.rawValue }
    let name = Self.plain(label.text)
    return "\(environment.rawValue)@\(name == label.text ? name : "\(name)-\(Self.digest(label.text))")"
  }

  /// Letters, digits and hyphens: names of files for every shell.
  static func plain(_ text: String) -> String {
    String(text.prefix(24).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }

  /// What tells apart texts that look alike in a name.
  static func digest(_ text: String) -> String {
    SHA256.hash(data: Array(text.utf8)).prefix(4).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
