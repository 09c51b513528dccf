public import HoneImage

/// Masks move with the picture, and so do points (`Plan+Points`) and boxes (`Plan+Boxes`).
///
/// Only what moves the picture's pixels moves them; changes of colour and blends of several copies leave them where they are.
/// Several pictures, or the frames of a video, move together by applying one plan to all.
extension Plan {
  /// A mask moved like the picture, its values never mixed: the nearest pixel everywhere.
  ///
  /// - Shape: as the picture; any number of channels.
  /// - Parameter fill: the value where a border of one colour shows.
  public func applied(toMask mask: Image<UInt8>, fill: UInt8 = 0) -> Image<UInt8> {
    Plan(sourceSize: sourceSize, channels: mask.channels, actions: actions.compactMap { $0.forMask(fill) })
      .applied(to: mask)
  }
}

extension Action {
  /// The same for a mask; nil for what changes colours only.
  func forMask(_ fill: UInt8) -> Action? {
    switch self {
    case .symmetry: self
    case .window(let rect, let border): .window(rect, border.forMask(fill))
    case .resize(let box, let size, _): .resize(box, size, .nearest)
    case .bend(let bend): .bend(Bend(bend.field, border: bend.border.forMask(fill), interpolation: .nearest))
    case .warp(let warp):
      .warp(Warp(matrix: warp.matrix, size: warp.size, border: warp.border.forMask(fill), interpolation: .nearest))
    case .effect(let effect):
      if let covering = effect.effect as? any Covering {
        .effect(AnyEffect(covering.onMasks))
      } else {
        effect.effect is any Relocation ? self : nil
      }
    case .table, .matrix, .hue, .shade, .tone: nil
    }
  }
}

extension Border {
  fileprivate func forMask(_ fill: UInt8) -> Border { isConstant ? .constant([fill]) : self }
}
