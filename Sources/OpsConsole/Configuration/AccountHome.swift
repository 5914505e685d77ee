import Glibc
import OpsModel

/// The home of the account that runs the program: one account has one state folder, however the program is started.
///
/// `HOME` and the XDG variables count where they can be meant for this account. Empty, relative and `/` are never meant (the XDG
/// specification asks to ignore relative paths). `sudo` and `su` may keep the variables of whoever called them: a folder of another
/// account is not used for what is written. What is left is the home of the passwd entry.
struct AccountHome {
  /// Whose process it is.
  var uid = geteuid()
  /// Home by uid; nil without a passwd entry. Empty or `/` is no home.
  var entry: (uid_t) -> String? = { uid in
    guard let entry = getpwuid(uid), let home = entry.pointee.pw_dir else { return nil }
    return String(cString: home)
  }
  /// Who owns a path, or the nearest folder above that exists, and whether this process may write there; nil where that
  /// cannot be seen.
  var place: (String) -> Place? = Self.place(_:)

  struct Place {
    let owner: uid_t
    let isWritable: Bool
  }

  /// The folder below which files are written; nil where there is none.
  /// - Parameters:
  ///   - xdg: the value of an XDG variable.
  ///   - home: the value of `HOME`.
  ///   - below: where it is in a home, such as `.local/state`.
  func base(_ xdg: String?, _ home: String?, _ below: String) -> String? {
    if let xdg, Self.isHome(xdg), isOurs(xdg) { return xdg }
    if let home, Self.isHome(home), isOurs(home) { return home + "/" + below }
    if let own { return own + "/" + below }
    // Where the account has no home, what it was given is all there is, unless it is somebody else's.
    if let home, Self.isHome(home), place(home)?.owner == 0 { return home + "/" + below }
    return nil
  }

  /// The same for what is only read: also that of another account, since its restrictions hold as well.
  func readable(_ xdg: String?, _ home: String?, _ below: String) -> String? {
    if let xdg, Self.isHome(xdg) { return xdg }
    return named(home).map { $0 + "/" + below }
  }

  /// What `~` stands for.
  func named(_ home: String?) -> String? {
    if let home, Self.isHome(home) { return home }
    return own
  }

  /// Why nothing can be written.
  var problem: SafeText { "HOME is not usable, and the account with uid \(Int(uid)) has no home in the passwd file" }

  private var own: String? { entry(uid).flatMap { Self.isHome($0) ? $0 : nil } }

  /// `/` alone, however it is written, is the home of nobody.
  private static func isHome(_ path: String) -> Bool {
    guard path.hasPrefix("/") else { return false }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    guard !parts.isEmpty else { return false }
    guard let real = realpath(path, nil) else { return true }
    defer { free(real) }
    return String(cString: real) != "/"
  }

  /// A folder of root in which everybody may write, such as /tmp, is nobody's own.
  private func isOurs(_ path: String) -> Bool {
    guard let place = place(path) else { return false }
    return place.owner == uid || place.owner == 0 && place.isWritable
  }

  private static func place(_ path: String) -> Place? {
    var facts = stat()
    var parts = path.split(separator: "/")
    while true {
      let folder = "/" + parts.joined(separator: "/")
      if stat(folder, &facts) == 0 { return Place(owner: facts.st_uid, isWritable: access(folder, W_OK) == 0) }
      guard errno == ENOENT, !parts.isEmpty else { return nil }
      parts.removeLast()
    }
  }
}
