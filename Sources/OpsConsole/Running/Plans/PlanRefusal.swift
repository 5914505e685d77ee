import OpsModel
import StrictYAML

/// Why there is no plan.
enum PlanRefusal: Error, Sendable {
  case noRunbook(SafeText)
  case unreadable(FileProblems)
  case parameters([SafeText])
  case environment(SafeText)
  case failed(Failure)
  /// The rest of another run cannot be planned.
  case rest(SafeText)

  var lines: [SafeText] {
    switch self {
    case .noRunbook(let words): [words]
    case .unreadable(let problems): problems.list.map(\.line)
    case .parameters(let list): list
    case .environment(let words), .rest(let words): [words]
    case .failed(let failure): [failure.sentence(age: nil)]
    }
  }

  var code: Int32 {
    switch self {
    case .noRunbook: 66
    case .unreadable: 78
    case .parameters: 64
    case .environment: 77
    case .failed: 69
    case .rest: 1
    }
  }
}
