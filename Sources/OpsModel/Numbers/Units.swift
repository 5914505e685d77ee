/// Numbers as people read them. All take seconds or bytes or plain counts.
public enum Units {
  /// `850ms`, `4s`, `2m05s`, `3h12m`, `5d03h`.
  public static func duration(_ seconds: Double) -> SafeText {
    guard seconds.isFinite else { return "∞" }
    if seconds < 0.9995 { return "\(Int((max(0, seconds) * 1000).rounded()))ms" }
    if seconds < 9.95 && abs(seconds - seconds.rounded()) >= 0.05 { return SafeText(checked: decimal(seconds, places: 1) + "s") }
    return age(seconds < 10 ? seconds.rounded() : seconds)
  }

  /// Whole seconds: `0s`, `59s`, `2m05s`, `3h12m`, `5d03h`.
  public static func age(_ seconds: Double) -> SafeText {
    guard seconds.isFinite else { return "∞" }
    let whole = Int(min(max(0, seconds), 1e12))
    switch whole {
    case ..<60: return SafeText(checked: "\(whole)s")
    case ..<3600: return SafeText(checked: "\(whole / 60)m\(two(whole % 60))s")
    case ..<86400: return SafeText(checked: "\(whole / 3600)h\(two(whole / 60 % 60))m")
    default: return SafeText(checked: "\(whole / 86400)d\(two(whole / 3600 % 24))h")
    }
  }

  /// Groups of three, set apart by a space: `41 208`.
  public static func count(_ value: Int) -> SafeText {
    let digits = String(value.magnitude)
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { out += " " }
      out.append(digit)
    }
    return SafeText(checked: (value < 0 ? "-" : "") + out)
  }

  /// `1 job`, `14 jobs`.
  public static func count(_ value: Int, _ noun: SafeText) -> SafeText { "\(count(value)) \(noun)\(value == 1 ? "" : "s")" }

  /// Filled up with blanks at its end.
  public static func padded(_ text: SafeText, _ width: Int) -> SafeText {
    text.text.count >= width ? text : text + SafeText(escaping: String(repeating: " ", count: width - text.text.count))
  }

  /// At most four characters of digits: `998`, `41k`, `1.2M`.
  public static func short(_ value: Double) -> SafeText {
    let size = abs(value)
    let sign = value < 0 ? "-" : ""
    switch size {
    case ..<10_000: return SafeText(checked: sign + String(Int(clamped: size)))
    case ..<999_500: return SafeText(checked: sign + String(Int(clamped: size / 1e3)) + "k")
    case ..<9_950_000: return SafeText(checked: sign + decimal(size / 1e6, places: 1) + "M")
    default: return SafeText(checked: sign + String(Int(clamped: size / 1e6)) + "M")
    }
  }

  /// `+118/s`, `-0.4/s`, `0/s`.
  public static func rate(_ perSecond: Double, signed: Bool = false) -> SafeText {
    let size = abs(perSecond)
    let number = size < 0.005 ? "0" : (size < 9.95 ? decimal(size, places: size < 0.095 ? 2 : 1) : short(size).text)
    let sign = perSecond < 0 && number != "0" ? "-" : (signed && number != "0" ? "+" : "")
    return SafeText(checked: sign + number + "/s")
  }

  /// Powers of 1024: `612 B`, `24 kB`, `1.2 GB`.
  public static func bytes(_ value: Double) -> SafeText {
    var size = max(0, value)
    var unit = 0
    let names = ["B", "kB", "MB", "GB", "TB", "PB"]
    while size >= 1000 && unit < names.count - 1 {
      size /= 1024
      unit += 1
    }
    let number = unit == 0 || size >= 9.95 ? String(Int(clamped: size)) : decimal(size, places: 1)
    return SafeText(checked: number + " " + names[unit])
  }

  /// A part and the whole in the unit of the whole: `612/863 MB`.
  public static func bytes(_ part: Double, of whole: Double) -> SafeText {
    var unit = 0
    var divisor = 1.0
    let names = ["B", "kB", "MB", "GB", "TB", "PB"]
    while max(0, whole) / divisor >= 1000 && unit < names.count - 1 {
      divisor *= 1024
      unit += 1
    }
    // A small part would be no number in the unit of the whole.
    if unit > 0 && part / divisor < 0.95 && part >= 1 { return "\(bytes(part))/\(bytes(whole))" }
    func number(_ value: Double) -> String { unit == 0 || value >= 9.95 ? String(Int(clamped: value)) : decimal(value, places: 1) }
    return SafeText(checked: "\(number(max(0, part) / divisor))/\(number(max(0, whole) / divisor)) \(names[unit])")
  }

  /// A share from 0 to 1: `71 %`.
  public static func percent(_ share: Double) -> SafeText { SafeText(checked: "\(Int(clamped: share * 100)) %") }

  static func decimal(_ value: Double, places: Int) -> String {
    let scale = places == 1 ? 10.0 : 100.0
    let scaled = Int(clamped: value * scale)
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
