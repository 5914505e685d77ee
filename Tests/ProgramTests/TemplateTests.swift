import Connectors
import OpsModel
import Testing

@testable import OpsConsole

@Suite("The configuration that init writes")
struct TemplateTests {
  private func text(_ sources: [SourceSettings], _ origins: [SafeText]) -> String {
    var found = Discovery.Found()
    found.sources = sources
    found.origins = origins
    return ConfigurationTemplate(found: found).lines.map { $0.text + "\n" }.joined()
  }

  @Test("is understood, names the sources, and holds no password")
  func found() throws {
    let text = text(
      [
        SourceSettings(name: "rq-db1", kind: "rq", url: "redis://u:hunter2@h:1/1"),
        SourceSettings(name: "postgres", kind: "postgres", url: "postgresql://u:hunter2@h/d"),
      ], ["$REDIS_URL", "$DATABASE_URL"])
    #expect(!text.contains("hunter2"))
    let configuration = try ConfigurationReader.read(
      text, file: "f", environment: ["REDIS_PASSWORD": "x", "DATABASE_URL": "postgresql://u@h/d"])
    #expect(configuration.sources.map(\.name) == ["rq-db1", "postgres"])
  }

  @Test("is understood where nothing was found")
  func nothing() throws {
    #expect(try ConfigurationReader.read(text([], []), file: "f", environment: [:]).sources.isEmpty)
  }
}
