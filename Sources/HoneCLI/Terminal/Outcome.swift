import ArgumentParser
import Hone
import HoneAugment
import HoneImage
import HoneTensor

/// Exit codes: 0 done, 1 failed, 2 the input data are wrong, 64 usage.
enum Outcome {
  static let wrongData = ExitCode(2)

  /// Runs the command's work; an error becomes one message on standard error and the code that tells its kind.
  static func of(_ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let error as ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      Terminal.note("hone: \(error)")
      throw code(of: error)
    }
  }

  static func code(of error: any Error) -> ExitCode {
    switch error {
    case let error as HoneError: isAboutData(error.code) ? wrongData : .failure
    case is ImageError: wrongData
    default: .failure
    }
  }

  private static func isAboutData(_ code: HoneError.Code) -> Bool {
    switch code {
    case .notFound, .unreadable, .malformed, .emptyData, .emptyClass, .badData, .inputTooSmall, .unsafeFile,
      .weightMismatch, .newerVersion, .unknownKey, .invalidValue, .conflict:
      true
    default: false
    }
  }
}
