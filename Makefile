# The interface of the house. `make demo` and `make test` do all their set-up themselves.
#
#   make demo        the whole road on real handwritten digits: train, improve, report
#   make test        build once, run every test (HONE_DATA=folder for those that need real pictures)
#   make check       format, documentation contracts, a client package, the README's size
#   make bench       Hone beside its peers, in turn (bench-augment: the picture side only)

CONFIGURATION ?= release
SWIFT_BUILD = swift build -c $(CONFIGURATION)

.PHONY: setup build demo test test-pictures test-slow bench bench-augment format check clean

setup:
	@Scripts/setup

build: setup
	@$(SWIFT_BUILD) --build-tests

demo: setup
	@Scripts/demo

test: build
	@Scripts/test -c $(CONFIGURATION)

# The half that needs no libtorch, built as on a machine that has none.
test-pictures: export HONE_ENGINE = none
test-pictures: setup
	@swift build -c $(CONFIGURATION) --build-tests --scratch-path .build/pictures
	@Scripts/test -c $(CONFIGURATION) --scratch-path .build/pictures

test-slow: build
	@HONE_SLOW=1 Scripts/test -c $(CONFIGURATION)

bench: setup
	@Benchmarks/run

bench-augment: setup
	@Benchmarks/run augment

format:
	@swift format -i -r Package.swift Sources Tests Examples Benchmarks/Sources

check: setup
	@Scripts/check

clean:
	rm -rf .build runs
