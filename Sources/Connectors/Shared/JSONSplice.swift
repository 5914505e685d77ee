import OpsModel

/// Changes single values of a JSON text where they stand, so that every other byte stays what it is.
enum JSONSplice {
  /// The text with another value at a path of keys; where the last key is missing it is put first into its object. Nil where the bytes
  /// are no such object.
  static func set(_ message: [UInt8], _ path: [String], to value: [UInt8]) -> [UInt8]? {
    guard let range = range(message[...], path) else { return nil }
    switch range {
    case .value(let range): return Array(message[..<range.lowerBound]) + value + Array(message[range.upperBound...])
    case .missing(let start, let isEmpty, let key):
      let pair = Array("\"\(key)\": ".utf8) + value + (isEmpty ? [] : Array(", ".utf8))
      return Array(message[..<start]) + pair + Array(message[start...])
    }
  }

  private enum Place {
    case value(Range<Int>)
    /// Right behind the opening brace of the object that lacks the key.
    case missing(at: Int, isEmpty: Bool, key: String)
  }

  private static func range(_ text: JSONScan.Slice, _ path: [String]) -> Place? {
    guard let key = path.first, let fields = JSONScan.object(text), let brace = text.firstIndex(of: UInt8(ascii: "{")) else { return nil }
    guard let value = fields[key] else { return path.count == 1 ? .missing(at: brace + 1, isEmpty: fields.isEmpty, key: key) : nil }
    // Slices keep the indices of the whole.
    return path.count == 1 ? .value(value.startIndex..<value.endIndex) : range(value, Array(path.dropFirst()))
  }

  static func quoted(_ text: String) -> [UInt8] { Array("\"\(text)\"".utf8) }
}
