/// Finds the node that first needs the value of an InitPlan: its time passes there, wherever the InitPlan is printed.
enum ExplainParameters {
  /// - Parameters:
  ///   - remaining: exclusive times so far.
  ///   - needs: the InitPlan's inclusive time.
  static func user(of index: Int, _ plan: ExplainPlan, remaining: [Double], needs: Double) -> Int? {
    guard let home = plan.nodes[index].parent else { return nil }
    let own = plan.subtree(of: index)
    let names = parameters(of: plan.nodes[index].subplanName)
    let others = plan.subtree(of: home).filter { !own.contains($0) && plan.nodes[$0].isExecuted }
    let readers = others.filter { plan.nodes[$0].mayReadParameters }
    // A Gather evaluates what its workers need before it starts them.
    if let gather = readers.first(where: { uses(names, plan.nodes[$0], only: "Params Evaluated") }) { return gather }
    let users = readers.filter { uses(names, plan.nodes[$0], only: nil) }
    if let user = users.max(by: { remaining[$0] < remaining[$1] }) { return climb(from: user, to: home, plan, remaining, needs) }
    // Target lists are printed by VERBOSE only: the highest node with enough time left for it.
    let enough = others.filter { remaining[$0] >= needs - 0.0005 }
    return enough.min { plan.nodes[$0].depth < plan.nodes[$1].depth } ?? home
  }

  /// The parent of a reader may be the one that computed the value: an Append that leaves out partitions, a loop that makes the key of
  /// its inner scan. Then the reader has no room for it, and the nearest node above that has is meant.
  private static func climb(from user: Int, to home: Int, _ plan: ExplainPlan, _ remaining: [Double], _ needs: Double) -> Int {
    let slack = 0.0005 * (plan.nodes[user].loops + 1)
    var place = user
    while remaining[place] < needs - slack {
      guard place != home, let above = plan.nodes[place].parent else { return user }
      place = above
    }
    return place
  }

  /// `InitPlan 1 (returns $0,$1)` up to 16: `$0`, `$1`; from 17 on `InitPlan 1`, used as `(InitPlan 1).col1`.
  static func parameters(of name: SafeText?) -> [String] {
    guard let text = name?.text else { return [] }
    guard let open = text.range(of: "(returns ")?.upper else { return ["(\(text))"] }
    return text[open...].prefix { $0 != ")" }.split(separator: ",").map { String($0.filter { $0 != " " }) }
  }

  private static func uses(_ names: [String], _ node: ExplainNode, only: SafeText?) -> Bool {
    node.texts.contains { text in
      if let only, text.name != only { return false }
      guard text.name != "Subplan Name" else { return false }
      return names.contains { contains($0, in: text.value.text) }
    }
  }

  /// Whether a text names the parameter; `$1` does not stand in `$10`.
  static func contains(_ name: String, in text: String) -> Bool {
    let whole = Array(text.utf8)
    let wanted = Array(name.utf8)
    guard !wanted.isEmpty, whole.count >= wanted.count else { return false }
    for start in 0...(whole.count - wanted.count) where whole[start..<(start + wanted.count)].elementsEqual(wanted) {
      let after = start + wanted.count
      let isDigit = after < whole.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(whole[after])
      if !isDigit || wanted.last == UInt8(ascii: ")") { return true }
    }
    return false
  }
}
