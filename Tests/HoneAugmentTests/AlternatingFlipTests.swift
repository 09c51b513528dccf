import HoneAugment
import HoneImage
import Testing

@Suite struct `Mirror images in turns` {
  private func isMirrored(_ picture: Int, epoch: Int, position: Int) -> Bool {
    let key = SampleKey(seed: 3, epoch: epoch, position: position, picture: picture)
    return !Pipeline { Flip(alternates: true) }.plan(for: Size(height: 4, width: 4), key: key).actions.isEmpty
  }

  @Test func `about half of the pictures are mirrored in an epoch, and each in every other one`() {
    let first = (0..<1000).map { isMirrored($0, epoch: 0, position: $0) }
    #expect((440...560).contains(first.count(where: \.self)))  // four standard errors
    for epoch in 1..<4 {
      for picture in 0..<1000 {
        let expected = first[picture] != (epoch % 2 == 1)
        #expect(isMirrored(picture, epoch: epoch, position: 999 - picture) == expected)
      }
    }
  }
}
