public import Gate
public import OpsModel

/// How an operator confirmed a plan.
public typealias RunAnswer = Answer

/// The plan of a run as the box shows it.
public struct RunPlanView: Sendable {
  public struct Line: Sendable, Equatable {
    public enum Tone: Sendable, Equatable { case plain, faint, good, bad, title }

    public let label: SafeText
    public let text: SafeText
    public let tone: Tone

    public init(_ label: SafeText, _ text: SafeText, _ tone: Tone = .plain) {
      self.label = label
      self.text = text
      self.tone = tone
    }
  }

  public let name: SafeText
  public let environment: Environment
  public let lines: [Line]
  /// How many of the lines, from the first, say who is meant and what happens: they must have been seen before an answer is taken.
  public var heads = 2
  public let confirmation: RequiredConfirmation
  public let typed: SafeText
  /// Why it can not be run; empty where it can.
  public let obstacles: [SafeText]
  /// When it was made, and for how many seconds it holds.
  public let at: Moment
  public let life: Double

  public init(
    name: SafeText, environment: Environment, lines: [Line], confirmation: RequiredConfirmation, typed: SafeText, obstacles: [SafeText],
    at moment: Moment, life: Double
  ) {
    self.name = name
    self.environment = environment
    self.lines = lines
    self.confirmation = confirmation
    self.typed = typed
    self.obstacles = obstacles
    at = moment
    self.life = life
  }
}
