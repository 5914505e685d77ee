import Testing

@testable import OpsModel

@Suite("The filter language of /")
struct FilterTests {
  static let fields = [FilterField("name", .text), FilterField("state", .text), FilterField("age", .number)]

  private func matches(_ filter: String, name: String = "mail.send", state: String = "busy", age: Double? = 90) throws -> Bool {
    try Filter.parse(filter, fields: Self.fields).matches(Self.fields) { field in
      switch field {
      case "name": .text(SafeText(escaping: name))
      case "state": .text(SafeText(escaping: state))
      default: age.map { .number($0) } ?? .unknown
      }
    }
  }

  @Test(
    "terms are joined by and",
    arguments: [
      ("state:busy age>60s name~mail", true), ("state:bus", false), ("STATE:Busy", true), ("name~MAIL", true), ("age>1.5m", false),
      ("age>=90", true), ("age<=90s age<2m", true), ("-state:busy", false), ("-idle", true), ("send", true), ("nothing", false),
      ("\"mail.send\"", true), ("", true),
    ])
  func terms(filter: String, holds: Bool) throws {
    #expect(try matches(filter) == holds)
  }

  @Test("text is literal: signs of patterns are only signs")
  func literal() throws {
    #expect(try matches("mail.*") == false)
    #expect(try matches("a.c", name: "abc") == false)
    #expect(try matches("(a+)+$", name: String(repeating: "a", count: 4000)) == false)
    #expect(try matches("\"two words\"", name: "has two words in it"))
    #expect(try matches("\"state:busy\"", name: "text state:busy text"))
  }

  @Test("an unknown number matches no comparison")
  func unknown() throws {
    #expect(try matches("age>0", age: nil) == false)
    #expect(try matches("age<1", age: nil) == false)
  }

  @Test("errors name the column and the nearest field")
  func errors() {
    func error(_ text: String) -> FilterError? {
      do throws(FilterError) {
        _ = try Filter.parse(text, fields: Self.fields)
        return nil
      } catch { return error }
    }
    #expect(error("stat:busy")?.message.text == "no column stat; did you mean state?")
    #expect(error("name~x age>abc")?.column == 8)
    #expect(error("name>3")?.message.text.contains("is text") == true)
    #expect(error("\"open")?.column == 1)
  }
}
