import Foundation
import Glibc

/// Compares what two amounts of the same work cost in CPU of this thread, which waiting for a busy machine does not change.
public enum Growth {
  /// CPU seconds of this thread so far.
  public static var spent: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// CPU seconds of one call.
  public static func cost(_ work: () throws -> Void) rethrows -> Double {
    let before = spent
    try work()
    return spent - before
  }

  /// How many times the small work the large one costs: the least of several rounds. Each round does the small work around the large
  /// one, so that both meet the same caches and the same neighbours.
  /// - Parameter enough: no more rounds are made once the ratio is down to this.
  public static func ratio(enough: Double, small: () throws -> Void, large: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<6 where least > enough {
      var few = 0.0
      for _ in 0..<3 { few += try cost(small) }
      let many = try cost(large)
      for _ in 0..<3 { few += try cost(small) }
      least = min(least, many / (few / 6))
    }
    return least
  }

  /// What a limit on the growth from `count` to ten times as many is worth at this moment: large data falls out of caches that others
  /// use as well, so a control that sorts as many objects tells by how much it costs more than the arithmetic says.
  public static func allowed(_ limit: Double, rows count: Int) -> Double {
    let few = Control.shuffled(count)
    let many = Control.shuffled(10 * count)
    // Sorting ten times as many takes ten times as many rounds, each a little deeper.
    let ideal = 10 * (1 + 3.32 / log2(Double(count)))
    let measured = ratio(enough: ideal) {
      Control.sort(few)
    } large: {
      Control.sort(many)
    }
    return limit * max(1, measured / ideal)
  }

  /// Rows about as large as those of a table.
  private final class Control {
    let key: String
    let more: [Int]

    init(_ number: Int) {
      key = "row number \(number)"
      more = [Int](repeating: number, count: 24)
    }

    static func shuffled(_ count: Int) -> [Control] { (0..<count).map { Control($0 * 7_919 % count) } }

    static func sort(_ rows: [Control]) { _ = rows.sorted { ($0.more[0], $0.key) < ($1.more[0], $1.key) }.count }
  }
}
