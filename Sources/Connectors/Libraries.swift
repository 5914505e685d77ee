import CHiredis
import CLibPQ
import CZlib
public import OpsModel

/// Versions of the C libraries this program was linked with, for `doctor`.
public enum Libraries {
  public static var versions: [(name: SafeText, version: SafeText)] {
    let pq = Int(PQlibVersion())
    return [
      ("hiredis", SafeText(escaping: String(cString: ops_hiredis_version()))),
      ("libpq", "\(pq / 10000).\(pq % 10000)"),
      ("zlib", SafeText(escaping: String(cString: ops_zlib_version()))),
    ]
  }
}
