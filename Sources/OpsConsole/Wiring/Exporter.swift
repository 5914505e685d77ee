import Console
import Glibc
import OpsModel

/// Writes what the screen shows, as text, and all numbers, as JSON, for a ticket or a colleague.
struct Exporter {
  let paths: FilePaths
  let environment: Environment

  func write(screen: String, view: StoreView, now: Moment) -> Notice {
    let folder = paths.exportFolder
    if let problem = FilePaths.folderProblem(folder) { return Self.notExported(folder, problem) }
    let stamp = Calendar.stamp(now.unix).text.filter { $0 != ":" && $0 != "-" }
    let base = "\(folder)/\(stamp)"
    let document = SnapshotDocument(environment: environment, view: view, at: now, rates: .half(view)).json
    do throws(WriteFailure) {
      try FilePaths.save(Array((screen + "\n").utf8), new: base + ".txt")
      do throws(WriteFailure) { try FilePaths.save(document.renderedBytes(), new: base + ".json") } catch {
        unlink(base + ".txt")
        throw error
      }
    } catch { return Self.notExported(base, error) }
    return Notice(.ok, "written: \(SafeText(escaping: base)).txt and .json")
  }

  private static func notExported(_ path: String, _ why: WriteFailure) -> Notice {
    Notice(.warning, "not exported: \(SafeText(escaping: path)) cannot be written: \(why.reason)")
  }
}
