import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("Redis with TLS, users and sockets, a real one", .serialized)
struct LiveRedisTests {
  static func ping(_ url: String, ca: String? = nil) async -> Failure? {
    do throws(Failure) {
      let settings = SourceSettings(name: "x", kind: "rq", url: url, texts: ca.map { ["ca": $0] } ?? [:])
      let client = try RedisSource.client(settings, SystemClock())
      let replies = try await client.run([RedisCommand(.ping)])
      await client.close()
      return replies == [.status("PONG")] ? nil : .garbage("no pong")
    } catch { return error }
  }

  private static func openssl(_ folder: URL, _ arguments: String) throws {
    let process = try ChildProcess(["openssl"] + arguments.split(separator: " ").map(String.init), folder: folder.path)
    try #require(process.wait() == 0)
  }

  /// A CA, a certificate of it for `localhost`, and a self-signed one.
  private static func certificates() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("opsc-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try "subjectAltName=DNS:localhost\n".write(to: folder.appendingPathComponent("ext"), atomically: true, encoding: .utf8)
    try openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca")
    try openssl(folder, "req -newkey rsa:2048 -nodes -keyout good.key -out good.csr -subj /CN=localhost")
    try openssl(folder, "x509 -req -in good.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out good.pem -days 2 -extfile ext")
    return folder
  }

  @Test("rediss:// verifies chain and host name; a plain port behind it is refused")
  func tls() async throws {
    let folder = try Self.certificates()
    defer { try? FileManager.default.removeItem(at: folder) }
    let port = try await OwnServer.freePort()
    let path = { (name: String) in folder.appendingPathComponent(name).path }
    let server = try OwnServer(
      "redis-server",
      [
        "--port", "0", "--tls-port", "\(port)", "--tls-cert-file", path("good.pem"), "--tls-key-file", path("good.key"),
        "--tls-ca-cert-file",
        path("ca.pem"), "--tls-auth-clients", "no", "--save", "", "--dir", folder.path, "--bind", "127.0.0.1",
      ])
    defer { server.kill() }
    try await eventually("a server that answers") { await Self.ping("rediss://localhost:\(port)", ca: path("ca.pem")) == nil }
    // The name in the certificate is localhost, not the address.
    let wrongName = await Self.ping("rediss://127.0.0.1:\(port)", ca: path("ca.pem"))
    let unknownAuthority = await Self.ping("rediss://localhost:\(port)")
    let plain = await Self.ping("rediss://127.0.0.1:\(try LiveScene.redisPort)", ca: path("ca.pem"))
    for refused in [wrongName, unknownAuthority] {
      guard case .tls = refused else {
        Issue.record("\(String(describing: refused))")
        continue
      }
    }
    #expect(plain != nil)
    let missing = await Self.ping("rediss://localhost:\(port)", ca: path("no-such.pem"))
    guard case .tls = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
  }

  @Test("users and passwords: right, wrong, without permission for a command; unix socket and database")
  func users() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("opsc-acl-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let port = try await OwnServer.freePort()
    let socket = folder.appendingPathComponent("r.sock").path
    let rules = "user default off\nuser ops on >pw ~* &* +@all\nuser narrow on >pw ~* &* +@connection +info\n"
    try rules.write(to: folder.appendingPathComponent("acl"), atomically: true, encoding: .utf8)
    let server = try OwnServer(
      "redis-server",
      [
        "--port", "\(port)", "--unixsocket", socket, "--aclfile", folder.appendingPathComponent("acl").path, "--save", "", "--dir",
        folder.path, "--bind", "127.0.0.1",
      ])
    defer { server.kill() }
    try await eventually("a server that answers") { await Self.ping("redis://ops:pw@127.0.0.1:\(port)/3") == nil }
    #expect(await Self.ping("unix://ops:pw@\(socket)?db=2") == nil)
    for wrong in ["redis://ops:no@127.0.0.1:\(port)", "redis://127.0.0.1:\(port)"] {
      guard case .authentication = await Self.ping(wrong) else {
        Issue.record("\(wrong) was not an authentication failure")
        continue
      }
    }
    try await Self.expectPermissionFailure("redis://narrow:pw@127.0.0.1:\(port)")
  }

  private static func expectPermissionFailure(_ url: String) async throws {
    let settings = SourceSettings(name: "orders", kind: "rq", url: url)
    let connector = RQConnector(name: "orders", client: try RedisSource.client(settings, SystemClock()), clock: SystemClock())
    do throws(Failure) {
      _ = try await connector.observe()
      Issue.record("a user without permission read a queue")
    } catch {
      guard case .permission = error else {
        Issue.record("\(error)")
        return
      }
    }
    await connector.close()
  }

  @Test("after the server is killed and started again the client connects again by itself")
  func reconnect() async throws {
    let port = try await OwnServer.freePort()
    let arguments = ["--port", "\(port)", "--save", "", "--bind", "127.0.0.1"]
    let client = RedisClient(address: RedisAddress(place: .tcp(host: "127.0.0.1", port: port)), tls: nil, clock: SystemClock())
    func answers() async -> Bool { (try? await client.run([RedisCommand(.ping)])) == [.status("PONG")] }
    let first = try OwnServer("redis-server", arguments)
    try await eventually("an answer") { await answers() }
    first.kill()
    try await eventually("the end of answers") { await !answers() }
    #expect(await client.knock() == false)
    let second = try OwnServer("redis-server", arguments)
    defer { second.kill() }
    try await eventually("an answer") { await answers() }
    await client.close()
  }
}
