import ArgumentParser

@main
struct HoneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hone",
    abstract: "From a folder of labelled pictures to a better classifier, and a report of what each method was worth.",
    discussion: """
      Start with:
        hone improve photos/ --budget 10m

      where photos/ holds one folder of pictures per class. Results go to standard output, everything else to \
      standard error. Exit codes: 0 done, 1 failed, 2 the input data are wrong, 64 usage.
      """,
    version: Version.text,
    subcommands: [
      Check.self, Augment.self, Train.self, Evaluate.self, Predict.self, Improve.self, Models.self, Doctor.self,
    ]
  )
}
