import CNcurses
import Canvas
import Glibc

/// Keys by the terminal's description (terminfo), for terminals whose keys have other shapes than ECMA-48.
struct DescribedKeys {
  enum Match: Equatable {
    case none, prefix
    case key(Key)
  }

  private var keys: [[UInt8]: Key] = [:]
  private var prefixes: Set<[UInt8]> = []

  /// - Parameter capabilities: names such as `kcuu1`, and the bytes that the key sends.
  init(_ capabilities: [(name: String, bytes: [UInt8])]) {
    for (name, bytes) in capabilities {
      guard let first = bytes.first, let key = Self.key(name), first < 0x20 || first >= 0x7F else { continue }
      // Controls that mean the same on every keyboard: no description makes Backspace an arrow.
      if bytes.count == 1 && [0x03, 0x08, 0x09, 0x0A, 0x0D, 0x1A, 0x1B, 0x1C, 0x7F].contains(first) { continue }
      keys[bytes] = key
      let hasShape = first == 0x1B && bytes.count > 1 && (bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O"))
      if !hasShape { for length in 1..<max(1, bytes.count) { prefixes.insert(Array(bytes.prefix(length))) } }
    }
  }

  /// The description of the terminal that was taken.
  static func ofTerminal() -> DescribedKeys {
    var found: [(name: String, bytes: [UInt8])] = []
    var index: Int32 = 0
    while true {
      var name: UnsafePointer<CChar>?
      var bytes: UnsafePointer<CChar>?
      let kind = ops_term_described(index, &name, &bytes)
      if kind < 0 { return DescribedKeys(found) }
      index += 1
      guard kind == 1, let name, let bytes else { continue }
      found.append((String(cString: name), Array(UnsafeRawBufferPointer(start: bytes, count: strlen(bytes)))))
    }
  }

  func match(_ bytes: [UInt8]) -> Match {
    if let key = keys[bytes] { return .key(key) }
    return prefixes.contains(bytes) ? .prefix : .none
  }

  private static func key(_ name: String) -> Key? {
    if let key = named[name] { return key }
    guard name.hasPrefix("kf"), let number = Int(name.dropFirst(2)), (1...20).contains(number) else { return nil }
    return Key("F\(number)")
  }

  private static let named: [String: Key] = [
    "kcuu1": .up, "kcud1": .down, "kcub1": .left, "kcuf1": .right, "khome": .home, "kend": .end, "kpp": .pageUp, "knp": .pageDown,
    "kich1": Key("Insert"), "kdch1": .delete, "kcbt": .backTab, "kent": .enter, "kbs": .backspace,
    "kLFT": Key("Shift-Left"), "kRIT": Key("Shift-Right"), "kHOM": Key("Shift-Home"), "kEND": Key("Shift-End"),
  ]
}
