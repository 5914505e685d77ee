extension ExplainNode {
  /// Made once, when everything about the node is known.
  var madeLabel: SafeText {
    var words: [SafeText] = []
    if isParallelAware { words.append("Parallel") }
    if let mode = self[text: "Partial Mode"], mode != "Simple" { words.append(mode) }
    words.append(kind)
    if self[text: "Scan Direction"] == "Backward" { words.append("Backward") }
    return SafeText.join(words, " ")
  }

  private var kind: SafeText {
    switch type {
    case "Aggregate":
      switch self[text: "Strategy"] {
      case "Sorted": return "GroupAggregate"
      case "Hashed": return "HashAggregate"
      case "Mixed": return "MixedAggregate"
      default: return "Aggregate"
      }
    case "ModifyTable": return self[text: "Operation"] ?? type
    case "SetOp": return self[text: "Strategy"] == "Hashed" ? "HashSetOp" : "SetOp"
    case "Nested Loop", "Hash Join", "Merge Join": return join
    default: return type
    }
  }

  /// The join type stands inside the name, as in EXPLAIN's text form.
  private var join: SafeText {
    guard let kind = self[text: "Join Type"], kind != "Inner" else { return type }
    switch type {
    case "Hash Join": return "Hash \(kind) Join"
    case "Merge Join": return "Merge \(kind) Join"
    default: return "Nested Loop \(kind) Join"
    }
  }

  /// On what it works: the relation with its schema where that is told, an index, a function, a CTE.
  public var object: SafeText? {
    if let relation {
      let full: SafeText = self[text: "Schema"].map { "\($0).\(relation)" } ?? relation
      let alias = self[text: "Alias"].flatMap { $0 == relation ? nil : $0 }
      let index: SafeText = self[text: "Index Name"].map { " using \($0)" } ?? ""
      return alias.map { "\(full) \($0)\(index)" } ?? full + index
    }
    return self[text: "Index Name"] ?? self[text: "CTE Name"] ?? self[text: "Function Name"] ?? subplanName
  }

  /// The relation as tables list it.
  public var qualifiedRelation: SafeText? {
    guard let relation else { return nil }
    return self[text: "Schema"].map { "\($0).\(relation)" } ?? relation
  }
}
