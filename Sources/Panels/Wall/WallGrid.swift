import Canvas
import Console

/// Tiles beside and below each other: as large as their number allows, and as many as there is room for.
enum WallGrid {
  /// Columns of the line in a tile.
  static let line = 40

  static func draw(_ tiles: [WallTile], _ canvas: inout Canvas, _ area: Rect) {
    guard !tiles.isEmpty, !area.isEmpty else { return }
    let most = max(1, area.width / WallTile.width)
    let columns = (1...min(most, tiles.count)).max { size($0, tiles.count, area) < size($1, tiles.count, area) } ?? 1
    let isBig = area.height >= WallTile.height
    let rows = max(1, min((tiles.count + columns - 1) / columns, area.height / (isBig ? WallTile.height : 3)))
    let width = area.width / columns
    let height = area.height / rows
    for (index, tile) in tiles.prefix(columns * rows).enumerated() {
      let place = Rect(x: area.x + 1 + (index % columns) * width, y: area.y + (index / columns) * height, width: width, height: height)
      canvas.clipped(to: place) { tile.draw(&$0, place) }
    }
    WallMore.tell(tiles.count - columns * rows, &canvas, area)
  }

  /// How many times the smallest tile has room in one, at so many columns; where not all have room, how many have.
  private static func size(_ columns: Int, _ count: Int, _ area: Rect) -> Double {
    let rows = (count + columns - 1) / columns
    let wide = Double(area.width) / Double(columns * WallTile.width)
    let high = Double(area.height) / Double(rows * WallTile.height)
    return high < 1 ? Double(columns) / 1000 : min(wide, high)
  }
}
