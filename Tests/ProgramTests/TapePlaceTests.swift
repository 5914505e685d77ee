import Foundation
import OpsModel
import TestKit
import Testing

@testable import OpsConsole

@Suite("Each environment, label and configuration has a tape of its own")
struct TapePlaceTests {
  private let folder = TestFolder()
  private var paths: FilePaths {
    FilePaths(environment: ["XDG_STATE_HOME": folder.path + "/state", "XDG_CONFIG_HOME": folder.path + "/config"])
  }

  private func place(_ text: String, file: String? = nil) throws -> String {
    var configuration = try ConfigurationReader.read(text, file: "f", environment: [:])
    configuration.file = file ?? paths.configurationFile
    return TapePlace(configuration, nil, paths).path.split(separator: "/").last.map(String.init) ?? ""
  }

  @Test("the usual configuration has the plain name")
  func usual() throws {
    #expect(try place("environment: staging") == "staging.sqlite")
    #expect(try place("") == "production.sqlite")
    #expect(try place("label: eu-1") == "production@eu-1.sqlite")
  }

  @Test("no two of environment, label and file share a tape, whatever they are called")
  func distinct() throws {
    var names: Set<String> = []
    let labels = [
      "", "eu-1", "eu_1", "eu 1", "EU-1", "../x", "日本", "日木", String(repeating: "a", count: 30), String(repeating: "a", count: 31),
    ]
    let files = ["/etc/a.yaml", "/etc/b.yaml", "/srv/a.yaml", "/etc/a.yml", nil]
    for environment in ["production", "staging", "development"] {
      for label in labels {
        for file in files {
          let name = try place("environment: \(environment)\nlabel: \"\(label)\"", file: file)
          #expect(!name.contains("/") && !name.contains(" ") && name.utf8.count < 120)
          names.insert(name)
        }
      }
    }
    #expect(names.count == 3 * labels.count * files.count)
    let found = TapePlace(nil, nil, paths).path
    #expect(!names.contains(found.split(separator: "/").last.map(String.init) ?? ""))
  }

  @Test("another path to the same file is the same configuration")
  func links() throws {
    let file = folder.file("yaml")
    let link = folder.file("yaml")
    try "".write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    #expect(try place("", file: file) == place("", file: link))
  }
}
