extension Strategy {
  /// Hosts in their batches: each size in turn, the last one again and again until none is left. A share is of all hosts, and at least one.
  public func batches(of hosts: [String]) -> [[String]] {
    var out: [[String]] = []
    var rest = hosts[...]
    var index = 0
    while !rest.isEmpty {
      let size: Int =
        switch sizes[min(index, sizes.count - 1)] {
        case .count(let count): max(1, count)
        case .percent(let share): max(1, Int((Double(hosts.count) * share / 100).rounded(.up)))
        }
      out.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
      index += 1
    }
    return out
  }

  /// How many of these hosts are under way at the same time at most.
  public func atOnce(of hosts: [String]) -> Int { batches(of: hosts).map { min($0.count, parallel) }.max() ?? 0 }

  private var sizes: [Size] { batches.isEmpty ? [.percent(100)] : batches }
}
