// swift-tools-version: 6.2
import PackageDescription

// The arrows between modules are the ones of ARCHITECTURE.md; `make lint` reads the import lines as well.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "opsconsole",
  products: [.executable(name: "opsconsole", targets: ["OpsConsole"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw")]),
    .target(name: "CHiredis", linkerSettings: [.linkedLibrary("hiredis")]),
    .target(name: "CLibCrypto", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CLibPQ", linkerSettings: [.linkedLibrary("pq")]),
    .target(name: "CProcess"),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "OpsModel", swiftSettings: strict),
    .target(
      name: "Gate", dependencies: ["OpsModel", "CLibCrypto"], swiftSettings: strict),
    .target(name: "StrictYAML", dependencies: ["OpsModel", "Yams"], swiftSettings: strict),
    .target(
      name: "Runbooks", dependencies: ["Gate", "OpsModel", "StrictYAML", "CProcess"], swiftSettings: strict),
    .target(name: "Canvas", swiftSettings: strict),
    .target(
      name: "Console",
      dependencies: ["Canvas", "Gate", "OpsModel", .product(name: "DequeModule", package: "swift-collections")],
      swiftSettings: strict),
    .target(
      name: "Tape",
      dependencies: ["Console", "OpsModel", "CZlib", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
    .target(name: "Terminal", dependencies: ["Canvas", "CNcurses"], swiftSettings: strict),
    .target(name: "Panels", dependencies: ["Console", "Canvas", "Gate", "OpsModel"], swiftSettings: strict),
    .target(
      name: "Connectors",
      dependencies: [
        "Gate", "OpsModel", "CHiredis", "CLibPQ", "CZlib",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "OpsConsole",
      dependencies: [
        "Canvas", "Connectors", "Console", "Gate", "OpsModel", "Panels", "Runbooks", "StrictYAML", "Tape", "Terminal", "CProcess",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "TapeBench", dependencies: ["Tape", "Console", "OpsModel"], path: "bench/tape-bench", swiftSettings: strict),
    .target(name: "TestKit", path: "Tests/TestKit", swiftSettings: strict),
    .testTarget(
      name: "OpsModelTests", dependencies: ["OpsModel", "TestKit"], exclude: ["Plans"], swiftSettings: strict),
    .testTarget(name: "GateTests", dependencies: ["Gate", "OpsModel", "TestKit"], swiftSettings: strict),
    .testTarget(name: "CanvasTests", dependencies: ["Canvas", "TestKit"], swiftSettings: strict),
    .testTarget(
      name: "ConsoleTests", dependencies: ["Canvas", "Console", "Gate", "OpsModel", "Panels", "TestKit"], exclude: ["Golden"],
      swiftSettings: strict),
    .testTarget(
      name: "ConnectorTests",
      dependencies: [
        "Connectors", "Gate", "OpsModel",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TapeTests",
      dependencies: ["Tape", "Console", "Panels", "Canvas", "OpsModel", "TestKit", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .testTarget(
      name: "RunbookTests", dependencies: ["Gate", "Runbooks", "OpsModel", "StrictYAML", "TestKit"], exclude: ["Good", "Bad"],
      swiftSettings: strict),
    .testTarget(
      name: "ProgramTests",
      dependencies: ["OpsConsole", "Gate", "OpsModel", "StrictYAML", "Canvas", "Connectors", "Console", "Terminal", "TestKit"],
      exclude: ["Looks", "Input/terminfo-keys.txt"], swiftSettings: strict),
  ]
)
