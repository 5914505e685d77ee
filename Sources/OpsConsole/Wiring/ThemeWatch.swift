import Canvas
import Console
import OpsModel
import StrictYAML

/// Reads the theme file again when it changes. Asked once a second, which costs one `stat`.
@MainActor
final class ThemeWatch {
  private let finder: ThemeFinder
  private let file: String?
  private let name: String
  private let mailbox: Mailbox
  private var changed: Int?

  init(finder: ThemeFinder, found: ThemeFinder.Found, mailbox: Mailbox) {
    self.finder = finder
    self.mailbox = mailbox
    file = found.file
    name = found.theme.name
    changed = found.file.flatMap { FilePaths.changed($0) }
  }

  func look() {
    guard let file, let now = FilePaths.changed(file), now != changed else { return }
    changed = now
    let found = finder.read(file, name)
    if let problem = found.problems.first {
      // A theme with an error leaves the colours as they are.
      mailbox.post(.message(Notice(.warning, problem.line)))
    } else {
      mailbox.post(.theme(found.theme))
      mailbox.post(.message(Notice(.ok, "theme \(SafeText(escaping: name)) read again")))
    }
  }
}
