import Foundation
public import Testing

/// Where the real pictures and weights for data tests lie.
public enum TestData {
  /// `HONE_DATA`, or `../shared/data` beside the package.
  public static let folder: String =
    ProcessInfo.processInfo.environment["HONE_DATA"]
    ?? URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized.path

  public static let isPresent = FileManager.default.fileExists(atPath: folder)

  /// The slow effect and learning tests run only when asked for (`make test-slow`).
  public static let runsSlowTests = ProcessInfo.processInfo.environment["HONE_SLOW"] == "1"

  public static func path(_ relative: String) -> String { folder + "/" + relative }
}

extension Trait where Self == ConditionTrait {
  /// The test needs real data; `make test` counts those that did not run.
  public static var needsData: Self { .enabled(if: TestData.isPresent, "needs HONE_DATA") }
  /// The test is an effect or learning test of `make test-slow`.
  public static var slow: Self { .enabled(if: TestData.runsSlowTests, "slow: make test-slow") }
}
