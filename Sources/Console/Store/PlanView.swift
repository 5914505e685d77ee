public import OpsModel

/// The plan that the operator asked for.
public struct PlanView: Sendable {
  public let request: PlanRequest
  public let began: Moment
  public internal(set) var reading: Reading<PlanDocument> = .never

  init(request: PlanRequest, began: Moment) {
    self.request = request
    self.began = began
  }
}
