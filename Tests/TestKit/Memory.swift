import Glibc

/// What this process holds, as the kernel counts it.
public enum Memory {
  /// Nothing else runs in this process: what it holds is what the test holds.
  public static let isOfOneTest = CommandLine.arguments.contains("--no-parallel")

  /// Resident bytes now.
  public static var resident: Int { kilobytes("VmRSS:") * 1024 }

  /// The most resident bytes since `forgetPeak`.
  public static var peak: Int { kilobytes("VmHWM:") * 1024 }

  /// Begins to watch for a new peak.
  public static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// Files, sockets and pipes that are open.
  public static var openFiles: Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }

  private static func kilobytes(_ field: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split { $0 == " " || $0 == "\t" }
      if words.first == Substring(field), words.count > 1 { return Int(words[1]) ?? 0 }
    }
    return 0
  }
}
