/// Text that a canvas draws. A `String` is not: only literals, and whatever a module above declares safe (`SafeText`).
public protocol CanvasText {
  var canvasText: String { get }
}

extension StaticString: CanvasText {
  public var canvasText: String { "\(self)" }
}
