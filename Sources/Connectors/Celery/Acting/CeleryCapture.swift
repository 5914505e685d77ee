import Gate
import OpsModel

/// Reads stored bytes for the quarantine file.
struct CeleryCapture {
  let places: CeleryPlaces
  let client: RedisClient
  let results: RedisClient

  func records(of targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    var out = [QuarantineRecord?](repeating: nil, count: targets.count)
    for scope in Set(targets.map(\.scope)) {
      let indices = targets.indices.filter { targets[$0].scope == scope }
      let wanted = indices.map { targets[$0] }
      let found = scope == CeleryLetters.results ? try await stored(wanted) : try await elements(wanted, scope)
      for (index, record) in zip(indices, found) { out[index] = record }
    }
    return out
  }

  private func stored(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] {
    let keys = targets.map { places.keys.result($0.key) }
    let values = try await CeleryStored.read(keys, results)
    let lives = try await results.run(keys.map { RedisCommand(.ttl, $0) })
    return targets.indices.map { index in
      guard let bytes = values[index].bytes, Version(of: bytes) == targets[index].version else { return nil }
      let left = max(0, lives[index].integer ?? 0) * 1000
      return QuarantineRecord(target: targets[index], parts: [.init("result", bytes), .init("ttl", Array(String(left).utf8))])
    }
  }

  private func elements(_ targets: [Target], _ scope: [UInt8]) async throws(Failure) -> [QuarantineRecord?] {
    var reader = CeleryListReader(list: places.keys.prefix + scope.dropFirst(CeleryDeadList.mark.count), client)
    return zip(targets, try await reader.locate(targets)).map { target, element in
      guard let element, element.version == target.version else { return nil }
      return QuarantineRecord(target: target, parts: [.init("message", element.bytes)])
    }
  }
}
