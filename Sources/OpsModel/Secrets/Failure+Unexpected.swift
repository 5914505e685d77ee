extension Failure {
  /// An answer that is not of its protocol, by its first bytes. What was sent to the server may be among them: it is taken out before
  /// anything is cut.
  public static func garbage(beginning bytes: some Collection<UInt8>, _ count: Int = 60) -> Failure {
    .garbage(SafeText(bytes: Hiding.process.bytes(Array(bytes.prefix(4096))).prefix(count)))
  }
}
