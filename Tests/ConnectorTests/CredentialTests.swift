import OpsModel
import Testing

@testable import Connectors

@Suite("Credentials of sources")
struct CredentialTests {
  private func credentials(_ kind: String, _ url: String, _ texts: [String: String] = [:]) -> [Credential] {
    SourceSettings(name: "x", kind: kind, url: url, texts: texts).credentials
  }

  @Test("passwords of addresses are found decoded, with their account")
  func addresses() {
    #expect(credentials("rq", "redis://ops:pa%2Fss%20word@h:6379/0") == [Credential("pa/ss word", user: "ops")])
    #expect(credentials("rq", "redis://:secret-word@h/0") == [Credential("secret-word")])
    #expect(credentials("rq", "unix:///run/r.sock?db=1&password=secret-word") == [Credential("secret-word")])
    #expect(credentials("postgres", "postgresql://ops:pa%40ss@h/db") == [Credential("pa@ss", user: "ops")])
    #expect(credentials("postgres", "host=h user=ops password='pa ss'") == [Credential("pa ss", user: "ops")])
    #expect(credentials("prometheus", "https://h/prom?access_token=secret-word&page=2") == [Credential("secret-word")])
    #expect(credentials("rq", "redis://h:6379/0").isEmpty && credentials("host", "").isEmpty)
  }

  @Test("texts beside an address are found, with the account of the address")
  func texts() {
    #expect(credentials("http", "http://ops@h", ["password": "secret-word"]) == [Credential("secret-word", user: "ops")])
    #expect(
      credentials("prometheus", "http://h", ["bearer": "token-word", "tenant": "team-word", "window": "2m"]) == [
        Credential("token-word"), Credential("team-word"),
      ])
    #expect(credentials("celery", "redis://h/0", ["results": "redis://:other-word@h/1"]) == [Credential("other-word")])
  }

  @Test("what a server repeats of them stands in no failure")
  func failures() {
    Hiding.process.learn(
      credentials("rq", "redis://ops:kanarienvogel-1@h/0") + credentials("postgres", "postgresql://ops:kanarienvogel-2@h/db"))
    let redis = RedisFailure.of("ERR unknown command 'AUTH', with args beginning with: 'ops' 'kanarienvogel-1'", doing: "AUTH")
    #expect(redis == .refused(code: "ERR", message: SafeText(escaping: "unknown command 'AUTH', with args beginning with: 'ops' '••••••'")))
    let postgres = PostgresFailure.connecting("connection to server failed: FATAL: no user with kanarienvogel-2", "postgres at h", true)
    #expect(!postgres.what.text.contains("kanarienvogel"))
  }
}
