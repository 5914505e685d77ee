import Canvas
import OpsModel

/// What the first line says of what can be changed now.
enum ModeMark: Equatable {
  case readWrite
  /// The operator wanted it so at the start.
  case readOnly
  /// It could not be done now, and why; `detail` is left out first where there is little room.
  case lookOnly(SafeText, detail: SafeText = "")

  /// The words, from the longest to the shortest that still says it.
  var forms: [SafeText] {
    switch self {
    case .readWrite: ["READ-WRITE", "RW"]
    case .readOnly: ["READ-ONLY", "RO"]
    case .lookOnly(let why, let detail):
      (detail.isEmpty ? [] : ["LOOK ONLY: \(why): \(detail)"]) + ["LOOK ONLY: \(why)", "LOOK ONLY", "LOOK"]
    }
  }

  var isLookOnly: Bool { if case .lookOnly = self { true } else { false } }

  var style: Style { self == .readWrite ? Style(.warning) : Style(.ok) }
}
