/// Reads `EXPLAIN (FORMAT JSON)`, as the server sends it, as psql prints it, or as auto_explain logs it. The first plan of a text is taken.
public struct ExplainReader {
  public static let nodeLimit = 200_000

  /// What the container is that the reader stands in.
  private enum Place {
    /// Above the plan: lists and objects of any kind.
    case outside
    case node(Int)
    case plans(of: Int)
    /// A list of texts in a node, such as a sort key.
    case list(of: Int)
    case triggers, trigger
    case compilation, timing
    case settings
    case skipped
  }

  private var plan = ExplainPlan()
  private var stack: [Place] = []
  private var key: ArraySlice<UInt8> = []
  private var items: [SafeText] = []
  private var compiled = 0.0
  /// Texts that were made already: a plan of ten thousand nodes says `Nested Loop` and `Outer` again and again.
  private var known: [ArraySlice<UInt8>: SafeText] = [:]
  private var isDone = false

  private init() {}

  /// - Throws: `ExplainProblem`.
  public static func read(_ bytes: [UInt8]) throws(ExplainProblem) -> ExplainPlan {
    let text = PastedPlan.cleaned(bytes)
    var tokens = JSONTokens(text)
    var reader = ExplainReader()
    while true {
      guard let token = tokens.next() else { throw .notJSON(place: tokens.place) }
      if token == .end { break }
      try reader.take(token)
    }
    guard !reader.plan.nodes.isEmpty else { throw .noPlan }
    return reader.plan
  }

  private mutating func take(_ token: JSONTokens.Token) throws(ExplainProblem) {
    switch token {
    case .key(let text): key = text.dropFirst().dropLast()
    case .open(let isObject): stack.append(try place(isObject))
    case .close: close()
    case .string(let text): string(text)
    case .number(let value): number(value)
    case .bool(let value):
      if case .node(let index) = stack.last, isKey("Parallel Aware") { plan.nodes[index].isParallelAware = value }
    case .null, .end: break
    }
  }

  private func isKey(_ name: StaticString) -> Bool {
    key.count == name.utf8CodeUnitCount && key.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  /// What begins here.
  private mutating func place(_ isObject: Bool) throws(ExplainProblem) -> Place {
    defer { key = [] }
    switch stack.last {
    case nil: return .outside
    case .outside: return try outside(isObject)
    case .node(let index):
      if isKey("Plans"), !isObject { return .plans(of: index) }
      guard !isObject, !isKey("Workers") else { return .skipped }
      plan.nodes[index].texts.append((name(), ""))
      items = []
      return .list(of: index)
    case .plans(let parent): return isObject ? try node(parent) : .skipped
    case .triggers:
      plan.triggers.append(ExplainPlan.Trigger())
      return .trigger
    case .compilation where isKey("Timing"): return .timing
    // From 17 on generation is an object of its own, whose total counts.
    case .timing where isKey("Generation"): return .timing
    default: return .skipped
    }
  }

  private mutating func outside(_ isObject: Bool) throws(ExplainProblem) -> Place {
    if isKey("Plan"), isObject {
      if !plan.nodes.isEmpty {
        plan.others += 1
        isDone = true
        return .skipped
      }
      return try node(nil)
    }
    if isDone { return .outside }
    if isKey("Triggers") { return .triggers }
    if isKey("JIT"), isObject {
      plan.compilation = ExplainPlan.Compilation()
      compiled = 0
      return .compilation
    }
    if isKey("Settings") { return .settings }
    return isKey("Planning") || isKey("Serialization") ? .skipped : .outside
  }

  private mutating func node(_ parent: Int?) throws(ExplainProblem) -> Place {
    guard plan.nodes.count < Self.nodeLimit else { throw .tooLarge(limit: Self.nodeLimit) }
    let index = plan.nodes.count
    plan.nodes.append(ExplainNode(parent: parent, depth: parent.map { plan.nodes[$0].depth + 1 } ?? 0))
    if let parent { plan.nodes[parent].children.append(index) }
    return .node(index)
  }

  private mutating func close() {
    switch stack.popLast() {
    case .list(let index):
      let last = plan.nodes[index].texts.count - 1
      plan.nodes[index].texts[last].value = SafeText.join(items, ", ")
    case .node(let index):
      plan.nodes[index].label = plan.nodes[index].madeLabel
      plan.nodes[index].end = plan.nodes.count
    case .compilation: plan.compilation?.total = compiled
    default: break
    }
  }

  private mutating func text(_ value: ArraySlice<UInt8>) -> SafeText {
    if let found = known[value] { return found }
    let made = SafeText(bytes: JSONScan.string(value) ?? [], limit: 4000)
    known[value] = made
    return made
  }

  private mutating func name() -> SafeText {
    if let found = known[key] { return found }
    let made = SafeText(bytes: key, limit: 60)
    known[key] = made
    return made
  }

  private mutating func string(_ value: ArraySlice<UInt8>) {
    switch stack.last {
    case .outside where isKey("Query Text") && !isDone: plan.query = text(value)
    case .node(let index): string(value, index)
    case .list: items.append(text(value))
    case .settings: plan.settings.append((name(), text(value)))
    case .trigger:
      let last = plan.triggers.count - 1
      if isKey("Trigger Name") { plan.triggers[last].name = text(value) }
      if isKey("Constraint Name") { plan.triggers[last].constraint = text(value) }
      if isKey("Relation") { plan.triggers[last].relation = text(value) }
    default: break
    }
  }

  private mutating func string(_ value: ArraySlice<UInt8>, _ index: Int) {
    if isKey("Node Type") {
      plan.nodes[index].type = text(value)
    } else if isKey("Parent Relationship") {
      plan.nodes[index].relationship = ExplainNode.Relationship(rawValue: text(value).text)
    } else {
      plan.nodes[index].texts.append((name(), text(value)))
    }
  }

  private mutating func number(_ value: Double) {
    switch stack.last {
    case .outside where !isDone:
      if isKey("Planning Time") { plan.planningTime = value }
      if isKey("Execution Time") { plan.executionTime = value }
    case .node(let index):
      if let field = ExplainField.byName[key] { plan.nodes[index].set(field, value) }
    case .trigger:
      let last = plan.triggers.count - 1
      if isKey("Time") { plan.triggers[last].time = value }
      if isKey("Calls") { plan.triggers[last].calls = value }
    case .compilation where isKey("Functions"): plan.compilation?.functions = value
    case .timing where !isKey("Deform") && !(isKey("Total") && isWhole): compiled += value
    default: break
    }
  }

  /// Whether the reader stands in the timing itself, and not in the generation inside it.
  private var isWhole: Bool {
    guard stack.count > 1, case .timing = stack[stack.count - 2] else { return true }
    return false
  }
}
