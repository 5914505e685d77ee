import OpsModel

/// Where the operator is, and the way back.
struct Navigation {
  private(set) var stack: [any OpenPanel]

  init(first: any OpenPanel) { stack = [first] }

  var top: any OpenPanel {
    get { stack[stack.count - 1] }
    set { stack[stack.count - 1] = newValue }
  }

  /// Tabs that were left: they are found again as they were.
  private var parked: [String: any OpenPanel] = [:]

  /// Another tab in place of the open one.
  mutating func turn(to entry: PanelEntry) {
    let left = top
    top = parked.removeValue(forKey: entry.manifest.id) ?? entry.open(nil)
    parked[left.manifest.id] = left
  }

  var canGoBack: Bool { stack.count > 1 }

  /// A step deeper. The way back is not endless: the oldest steps are forgotten.
  mutating func push(_ panel: any OpenPanel) {
    stack.append(panel)
    if stack.count > 16 { stack.removeFirst() }
  }

  mutating func pop() { if canGoBack { stack.removeLast() } }

  /// A digit key: the panel is opened at the top level, and a step back leads to where the operator was.
  mutating func switchTo(_ panel: any OpenPanel) {
    // A tab stands for its whole group: the digit leads to the one that was last open.
    if top.manifest.group == panel.manifest.group { return }
    if let index = stack.firstIndex(where: { $0.manifest.group == panel.manifest.group }) {
      let known = stack.remove(at: index)
      stack.append(known)
    } else {
      push(panel)
    }
  }
}
