/// One character cell. Trivial, so that comparing two frames is comparing memory.
public struct Cell: Hashable, Sendable {
  /// The scalar drawn here; 0 in the second column of a wide one.
  public var scalar: UInt32
  public var mark1: UInt32
  public var mark2: UInt32
  public var style: Style

  public static let blank = Cell(scalar: 0x20, mark1: 0, mark2: 0, style: .plain)

  /// The second column of a wide character.
  public var isContinuation: Bool { scalar == 0 }
}

/// A role of the theme and what is laid over it.
public struct Style: Hashable, Sendable {
  public var role: Role
  public var isReversed: Bool
  public var isDimmed: Bool
  public var isBold: Bool

  public init(_ role: Role, reversed: Bool = false, dimmed: Bool = false, bold: Bool = false) {
    self.role = role
    isReversed = reversed
    isDimmed = dimmed
    isBold = bold
  }

  public static let plain = Style(.text)
}

/// What a piece of the screen means. A theme gives each role its look.
public enum Role: UInt8, Hashable, Sendable, CaseIterable {
  case text, faint, title, border, header, key
  case production, staging, development
  case ok, warning, critical, stale, unknown
  case cursor, mark, input, graph, graphGap, link, disabled

  /// As themes write it.
  public var name: String {
    switch self {
    case .graphGap: "graph-gap"
    default: "\(self)"
    }
  }
}
