public import Console

/// Every page of the wallboard; among equally bad ones they come in this order. A new page is a file and a line here.
public enum WallCatalogue {
  public static let all: [WallEntry] = [
    WallEntry(WallSuspects.self),
    WallEntry(WallAlerts.self),
    WallEntry(WallOverview.self),
    WallEntry(WallQueues.self),
    WallEntry(WallDatabases.self),
    WallEntry(WallRuntimes.self),
  ]
}
