import Canvas
import OpsModel

/// One line of a drawn plan.
struct PlanLine {
  enum Kind {
    case text(SafeText, Role)
    case heading(SafeText)
    case node(Int)
    /// A row of one of the two tables under the tree.
    case row([SafeText], isPart: Bool)
    case columns([SafeText])
  }

  let kind: Kind
  /// The node it belongs to.
  var node: Int?

  var isHead: Bool {
    if case .node = kind { return true }
    return false
  }

  init(_ kind: Kind, node: Int? = nil) {
    self.kind = kind
    self.node = node
  }
}
