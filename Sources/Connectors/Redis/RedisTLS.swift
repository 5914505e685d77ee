import NIOCore
import NIOSSL
import OpsModel

/// TLS for `rediss://`: TLS 1.2 or newer, chain and host name are always verified.
enum RedisTLS {
  /// - Parameter authority: path of a PEM file with the certificates to trust instead of the system's.
  /// - Throws: `Failure.tls` where the file can not be read.
  static func context(authority: String?) throws(Failure) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .fullVerification
    do {
      if let authority { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority)) }
      return try NIOSSLContext(configuration: configuration)
    } catch {
      let file = SafeText(escaping: authority ?? "")
      throw .tls("the CA file \(file) can not be used: \(SafeText(escaping: "\(error)", limit: 160))")
    }
  }

  /// An address of digits has no name to send; its certificate is verified against the address.
  static func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
    let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
  }
}
