extension Theme {
  /// The theme of a console that finds no theme file: the terminal's own colours. `themes/default.yaml` says the same; a test compares.
  public static let standard = Theme(
    name: "default",
    looks: [
      .text: RoleLook(),
      .faint: RoleLook(.indexed(8)),
      .title: RoleLook(.terminal, on: .terminal, [.bold]),
      .border: RoleLook(.indexed(8)),
      .header: RoleLook(.indexed(6)),
      .key: RoleLook(.indexed(6), on: .terminal, [.bold]),
      .production: RoleLook(.indexed(15), on: .indexed(1), [.bold]),
      .staging: RoleLook(.indexed(0), on: .indexed(3), [.bold]),
      .development: RoleLook(.indexed(0), on: .indexed(2), [.bold]),
      .ok: RoleLook(.indexed(2)),
      .warning: RoleLook(.indexed(3), on: .terminal, [.bold]),
      .critical: RoleLook(.indexed(1), on: .terminal, [.bold]),
      .stale: RoleLook(.indexed(8), on: .terminal, [.dim]),
      .unknown: RoleLook(.indexed(5)),
      .cursor: RoleLook(.terminal, on: .terminal, [.reverse]),
      .mark: RoleLook(.indexed(3), on: .terminal, [.bold]),
      .input: RoleLook(.terminal, on: .terminal, [.underline]),
      .graph: RoleLook(.indexed(4)),
      .graphGap: RoleLook(.indexed(8)),
      .link: RoleLook(.indexed(6), on: .terminal, [.underline]),
      .disabled: RoleLook(.indexed(8), on: .terminal, [.dim]),
    ])
}
