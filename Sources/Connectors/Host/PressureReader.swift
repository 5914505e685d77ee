import OpsModel

/// Pressure stall information (Documentation/accounting/psi.rst): `some avg10=0.12 avg60=… avg300=… total=1234`, microseconds.
struct PressureReader {
  private var windows: [HostState.Pressure.Resource: (some: CounterWindow, full: CounterWindow)] = [:]

  /// Empty where the kernel keeps none (compiled out, or off at boot).
  mutating func read(_ root: inout ProcRoot, at now: Double) -> [HostState.Pressure] {
    HostState.Pressure.Resource.allCases.compactMap { resource in
      guard let text = root.text("/proc/pressure/\(resource.rawValue)", limit: 1024), !text.isEmpty else { return nil }
      var pressure = HostState.Pressure(resource)
      var window = windows[resource] ?? (CounterWindow(length: 8), CounterWindow(length: 8))
      if let total = Self.total(text, "some") { window.some.add(total / 1e6, at: now) }
      if let total = Self.total(text, "full") { window.full.add(total / 1e6, at: now) }
      windows[resource] = window
      pressure.some = window.some.rate.map { min(1, $0) }
      pressure.full = window.full.rate.map { min(1, $0) }
      pressure.some10 = Self.field(text, "some", "avg10").map { $0 / 100 }
      pressure.full10 = Self.field(text, "full", "avg10").map { $0 / 100 }
      return pressure
    }
  }

  /// Microseconds.
  static func total(_ text: String, _ line: String) -> Double? { field(text, line, "total") }

  private static func field(_ text: String, _ line: String, _ name: String) -> Double? {
    for row in text.split(separator: "\n") where row.hasPrefix(line + " ") {
      for word in ProcFields.words(row) where word.hasPrefix(name + "=") { return Double(word.dropFirst(name.count + 1)) }
    }
    return nil
  }
}
