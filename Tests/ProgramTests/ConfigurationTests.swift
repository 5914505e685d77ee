import Canvas
import Foundation
import Glibc
import OpsModel
import StrictYAML
import TestKit
import Testing

@testable import OpsConsole

@Suite("The configuration file")
struct ConfigurationTests {
  private func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
    do throws(FileProblems) {
      _ = try ConfigurationReader.read(text, file: "config.yaml", environment: environment)
      return []
    } catch { return error.list.map(\.line.text) }
  }

  @Test("the example of the documentation is understood")
  func example() throws {
    let text = """
      environment: staging
      label: eu-1
      interval: 5s
      sources:
        - {name: orders, kind: rq, url: "redis://10.0.0.5:6379/0", write: "redis://ops:${OPS_PW}@10.0.0.5:6379/0"}
        - {name: mail, kind: celery, url: "redis://10.0.0.5:6379/1", results: "redis://10.0.0.5:6379/2", queues: [celery, bulk]}
        - {name: main-db, kind: postgres, url: "service=main", interval: 10}
      """
    let configuration = try ConfigurationReader.read(text, file: "config.yaml", environment: ["OPS_PW": "x"])
    #expect(configuration.environment == .staging && configuration.label == "eu-1")
    #expect(configuration.sources.map(\.name) == ["orders", "mail", "main-db"])
    #expect(configuration.sources.map(\.interval) == [5, 5, 10])
    #expect(configuration.sources[1].lists["queues"] == ["celery", "bulk"])
  }

  @Test("unset means production")
  func unset() throws { #expect(try ConfigurationReader.read("", file: "f", environment: [:]).environment == .production) }

  @Test("all errors come at once, each with file, line, column and the nearest word")
  func all() {
    let text = """
      enviroment: staging
      sources:
        - {name: orders, kind: rqq, url: "redis://h"}
        - {name: orders, knid: rq}
        - {name: "bad name!", kind: rq, url: "redis://h"}
        - {name: x, kind: rq, url: "redis://:${NOT_SET}@h"}
        - just text
      """
    let found = problems(text)
    #expect(found.contains("config.yaml:1:1: unknown key 'enviroment'; did you mean 'environment'?"))
    #expect(found.contains("config.yaml:3:26: unknown kind 'rqq'; did you mean 'rq'?"))
    #expect(found.contains { $0.hasPrefix("config.yaml:4:20: unknown key 'knid'; did you mean 'kind'?") })
    #expect(found.contains { $0.contains("the name orders is taken by the source in line 3") })
    #expect(found.contains { $0.hasPrefix("config.yaml:5:12: a name is 1 to 32") })
    #expect(found.contains { $0.contains("url: the variable NOT_SET is not set") })
    #expect(found.contains { $0.hasPrefix("config.yaml:7:5: a source must be a mapping") })
  }

  @Test(
    "files that are no configuration end in one clear error and at once",
    arguments: [
      "a: [1, 2", "sources: &a [*a]", "x: !!python/object:os.system ls", "environment: [production]", "interval: 0", "interval: soon",
      "look: purple", "sources: {}", "read_only: perhaps", "environment: production\nenvironment: staging", "\t- x", "%YAML 9", "- 1\n- 2",
      "environment: \"unclosed", "sources: [{name: a, kind: rq}]", "sources: [{kind: rq, url: x}]", "a: b: c",
      "sources: [{name: a, kind: rq, url: \"${open\"}]", "sources: [{name: a, kind: rq, url: x, timeout: -1}]", "label: {a: b}",
    ])
  func broken(text: String) {
    let found = problems(text)
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.hasPrefix("config.yaml:") })
  }

  @Test("bombs are refused before anything is built of them")
  func bombs() {
    let laughs = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
    #expect(problems(laughs).first?.contains("aliases") == true)
    #expect(!problems(String(repeating: "[", count: 100_000)).isEmpty)
    #expect(!problems(String(repeating: "- ", count: 5_000) + "x").isEmpty)
    #expect(problems(String(repeating: "#", count: 2_000_000)).first?.contains("1 MiB") == true)
    #expect(!problems("x: [" + String(repeating: "1,", count: 30_000) + "1]").isEmpty)
  }

  @Test("stars, signs and quotes inside values are text")
  func text() {
    #expect(problems("label: \"a*b\"\nsources: [{name: a, kind: rq, url: \"redis://:!x*y&z@h/0\"}]").isEmpty)
    #expect(problems("label: 5 * 3 & 4 # *comment\n").isEmpty)
  }

  @Test("hostile text in a file is shown escaped")
  func hostile() {
    #expect(problems("\"\u{202E}key\": 1").allSatisfy { !$0.contains("\u{202E}") })
  }
}

@Suite("Secrets")
struct SecretTests {
  private func resolved(_ text: String, _ environment: [String: String] = [:]) async throws -> String {
    try await SecretText.parse(text, environment: environment).resolved()
  }

  @Test("variables are filled in, and a dollar can be written")
  func variables() async throws {
    #expect(try await resolved("redis://:${PW}@h/0", ["PW": "plain"]) == "redis://:plain@h/0")
    #expect(try await resolved("cost$$5 $x", [:]) == "cost$5 $x")
  }

  @Test("no character of a password can change what a url or a connection string means")
  func encoding() async throws {
    #expect(try await resolved("redis://u:${PW}@h:1/0", ["PW": "a@b/c?d#e:f%"]) == "redis://u:a%40b%2Fc%3Fd%23e%3Af%25@h:1/0")
    #expect(try await resolved("host=h password=${PW} user=u", ["PW": "it's \\ x"]) == "host=h password='it\\'s \\\\ x' user=u")
    #expect(try await resolved("${WHOLE}", ["WHOLE": "redis://u:p%40@h"]) == "redis://u:p%40@h")
  }

  @Test("a command gives its first line, and one that fails or hangs ends in a clear error")
  func commands() async throws {
    #expect(try await resolved("command:printf 'one\\ntwo\\n'") == "one")
    await #expect(throws: Failure.self) { try await resolved("command:exit 3") }
    #expect(SecretCommand.deadline == 5)
    await #expect(throws: Failure.settings("the command of a secret did not end in 200ms")) {
      try await SecretCommand.run("sleep 60", deadline: 0.2)
    }
  }

  @Test("what a command that hangs has started ends with it, whatever it thinks of signals")
  func children() async throws {
    let folder = TestFolder()
    let path = folder.file("pids")
    let line = "trap '' TERM; sleep 61 & echo $! > \(path); (trap '' TERM; sleep 61) & echo $! >> \(path); wait; sleep 61"
    await #expect(throws: Failure.self) { try await SecretCommand.run(line, deadline: 0.5) }
    let pids = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { Int32($0) }
    #expect(pids.count == 2)
    for pid in pids { #expect(await ended(pid), "\(pid) still runs") }
  }

  /// Whether a process is gone, or waits only for somebody to read its exit code; waits for it a while.
  private func ended(_ pid: Int32) async -> Bool {
    for _ in 0..<300 {
      guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
      if stat.split(separator: ")").last?.split(separator: " ").first == "Z" { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  @Test("a secret file must belong to its owner alone")
  func files() async throws {
    let folder = TestFolder()
    let path = folder.file("secret")
    #expect(FilePaths.write("hidden\n", new: path))
    #expect(try await resolved("file:" + path) == "hidden")
    chmod(path, 0o644)
    await #expect(throws: Failure.self) { try await resolved("file:" + path) }
    unlink(path)
    await #expect(throws: Failure.self) { try await resolved("file:" + path) }
  }

  @Test("a password in plain sight is recognised")
  func literal() throws {
    #expect(try SecretText.parse("redis://u:hunter2@h", environment: [:]).isLiteralSecret)
    #expect(try SecretText.parse("host=h password=x", environment: [:]).isLiteralSecret)
    #expect(try !SecretText.parse("redis://u:${PW}@h", environment: ["PW": "x"]).isLiteralSecret)
    #expect(try !SecretText.parse("redis://h/0", environment: [:]).isLiteralSecret)
  }
}
