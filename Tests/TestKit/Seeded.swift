import Foundation

/// Random numbers that another run can repeat: `OPSCONSOLE_SEED` sets the seed, and a run that draws any prints the one it took.
///
/// Each generator has a name, so that its numbers do not depend on which other tests ran before it.
public struct Seeded: RandomNumberGenerator, Sendable {
  /// The seed of this process.
  public static let seed: UInt64 = {
    let given = ProcessInfo.processInfo.environment["OPSCONSOLE_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0..<1 << 31)
    FileHandle.standardError.write(Data("OPSCONSOLE_SEED=\(seed)\n".utf8))
    return seed
  }()

  private var state: UInt64

  /// - Parameter name: of the test, the same in every run.
  public init(_ name: String) {
    // FNV-1a: the hash of the standard library differs from process to process.
    state = name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ Self.seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// SplitMix64.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
