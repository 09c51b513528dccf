# The interface of the house. `make demo` and `make test` do all their set-up themselves.
#
#   make demo        the whole road on real handwritten digits: train, improve, report
#   make test        build once, run every test (HONE_DATA=folder for those that need real pictures)
#   make check       format, documentation contracts, a client package, the README's size
#   make bench       Hone beside its peers, interleaved (bench-augment: the picture side only)

CONFIGURATION ?= release
SWIFT_BUILD = swift build -c $(CONFIGURATION)
HONE = $(shell $(SWIFT_BUILD) --show-bin-path)/hone

.PHONY: setup build demo test test-slow bench bench-augment format check docs clean

setup:
	@Scripts/setup

build: setup
	@$(SWIFT_BUILD) --build-tests

demo: setup
	@Scripts/demo

test: build
	@Scripts/test -c $(CONFIGURATION)

test-slow: build
	@HONE_SLOW=1 Scripts/test -c $(CONFIGURATION)

bench: setup
	@Benchmarks/run

bench-augment: setup
	@Benchmarks/run augment

format:
	@swift format -i -r Package.swift Sources Tests Examples

check: setup
	@Scripts/check

docs: setup
	@Scripts/docs

clean:
	rm -rf .build runs
