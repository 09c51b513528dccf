extension Field: CustomStringConvertible {
  public var description: String {
    switch self {
    case .elastic(let alpha, let sigma, _, _): "elastic \(short(alpha)) over \(short(sigma))"
    case .lens(let lens, let strength): "\(lens.rawValue) \(short(strength))"
    case .nodes(let rows, let columns, _): "\(rows)×\(columns) nodes moved"
    case .steps: "grid stretched"
    case .thinPlate(let points, _): "\(points.count) points moved"
    case .waves(let x, let y): "waves of \(short(x.amplitude)) and \(short(y.amplitude))"
    case .swirl(let degrees, let radius): "swirl \(short(degrees))° within \(short(radius))"
    case .scatter(let radius, _): "scatter \(radius)"
    }
  }

  private func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
