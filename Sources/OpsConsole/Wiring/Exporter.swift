import Console
import OpsModel

/// Writes what the screen shows, as text, and all numbers, as JSON, for a ticket or a colleague.
struct Exporter {
  let paths: FilePaths
  let environment: Environment

  func write(screen: String, view: StoreView, now: Moment) -> Notice {
    let folder = paths.exportFolder
    guard FilePaths.makeFolder(folder) else { return Notice(.warning, "not exported: \(SafeText(escaping: folder)) can not be made") }
    let stamp = Calendar.stamp(now.unix).text.filter { $0 != ":" && $0 != "-" }
    let base = "\(folder)/\(stamp)"
    let document = SnapshotDocument(environment: environment, view: view, at: now, rates: .half(view)).json
    guard FilePaths.write(screen + "\n", new: base + ".txt"), FilePaths.write(document.rendered(), new: base + ".json") else {
      return Notice(.warning, "not exported: \(SafeText(escaping: base)) can not be written, or was written this second")
    }
    return Notice(.ok, "written: \(SafeText(escaping: base)).txt and .json")
  }
}
