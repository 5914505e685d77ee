import Foundation
import Testing

@testable import Terminal

@Suite("Base64 for the clipboard")
struct Base64Tests {
  @Test(
    "the test vectors of RFC 4648", arguments: ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE="])
  func vectors(text: String, encoded: String) { #expect(Base64.encode(Array(text.utf8)) == encoded) }

  @Test("all bytes, at each length, as Foundation has it")
  func bytes() {
    for length in 0..<300 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + length) }
      #expect(Base64.encode(bytes) == Data(bytes).base64EncodedString())
    }
  }
}
