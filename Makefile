# The front door: `make run` shows what the program does, `make test` that it does it. CMakePresets.json holds the builds.
.DEFAULT_GOAL := all
.PHONY: all run demo test test-engines unit deep fuzz soak lint format bench install deb tarball clean dependencies \
    test-dependencies lint-dependencies bench-dependencies package-dependencies \
    create-index emit-backfill-health validate-backfill validate-backfill-json serve

PYTHON := /usr/bin/python3
program := build/backfill-health

dependencies:
	@scripts/install-dependencies.sh build

test-dependencies:
	@scripts/install-dependencies.sh test

lint-dependencies:
	@scripts/install-dependencies.sh lint

all: dependencies
	@cmake --preset release
	@cmake --build --preset release --target backfill-health

# The output of the build goes to stderr, so that stdout has only the result and can be redirected.
$(program):
	@$(MAKE) --no-print-directory all >&2

run: all
	@scripts/run.sh

demo: all test-dependencies
	@scripts/demo.sh

test: test-dependencies
	cmake --preset release
	cmake --build --preset release
	scripts/unit-tests.sh build/unit-tests
	$(PYTHON) -m pytest tests -n 4 -q

unit: all
	cmake --build --preset release --target unit-tests
	scripts/unit-tests.sh build/unit-tests

# On Elasticsearch 7.10, 7.17, 8.19, 9.5 and OpenSearch 2.19, 3.8, one after the other: ENGINES="es7 os3" for some of them.
test-engines: all test-dependencies
	cmake --build --preset release --target store-calls
	$(PYTHON) scripts/test-engines.py $(if $(WRITE),--write) $(ENGINES)

# What takes longer: the tests again under the sanitizers, then fuzzing and soak tests.
deep: test-dependencies lint
	scripts/sanitized.sh asan
	scripts/sanitized.sh tsan
	$(MAKE) --no-print-directory fuzz SECONDS=10
	$(MAKE) --no-print-directory soak SECONDS=60

# Each target for 20 s; `make fuzz SECONDS=600` digs deeper.
fuzz:
	scripts/fuzz.sh $(SECONDS)

# Each of the two for an hour; `make soak SECONDS=60` is a quick check.
soak: all test-dependencies
	$(PYTHON) tests/soak/soak.py $(if $(SECONDS),--seconds $(SECONDS))
	$(PYTHON) tests/soak/cluster_soak.py $(if $(SECONDS),--seconds $(SECONDS))

lint: lint-dependencies
	scripts/lint.sh

format: lint-dependencies
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i

bench-dependencies:
	@scripts/install-dependencies.sh bench

package-dependencies:
	@scripts/install-dependencies.sh package

bench: all bench-dependencies
	$(PYTHON) tests/bench/ndjson.py --binary $(program)
	$(PYTHON) tests/bench/scrapes.py --binary $(program)
	$(PYTHON) tests/bench/startup.py --binary $(program)
	$(PYTHON) tests/bench/watching.py --binary $(program)
	$(PYTHON) tests/bench/many.py --binary $(program)
	$(PYTHON) tests/bench/rules.py --binary $(program)

# Below PREFIX, which is /usr/local unless it is set, with DESTDIR before it.
install: all
	@cmake --build --preset release --target manual-pages
	cmake --install build $(if $(PREFIX),--prefix $(PREFIX))

deb tarball: package-dependencies
	@scripts/package.sh $@

clean:
	rm -rf build build-dev build-asan build-tsan build-lint

create-index emit-backfill-health validate-backfill validate-backfill-json serve: $(program)

create-index:
	@$(program) create-index

emit-backfill-health:
	@$(program) emit

validate-backfill:
	@$(program) validate

validate-backfill-json:
	@$(program) validate --json

serve:
	@$(program) serve
