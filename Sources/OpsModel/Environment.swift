/// Decides look and confirmation. Unset means production.
public enum Environment: String, Hashable, Sendable, CaseIterable {
  case production, staging, development

  public var word: SafeText {
    switch self {
    case .production: "PRODUCTION"
    case .staging: "STAGING"
    case .development: "DEVELOPMENT"
    }
  }
}
