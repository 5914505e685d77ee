# Two commands do all the set-up: `make demo` and `make test`. Both need Debian 12 and a Swift toolchain, nothing more.
SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
ARGS ?=
VENV ?= $(CURDIR)/.build-venv
RELEASE := .build/release/opsconsole
export OPSCONSOLE_VENV := $(VENV)

.PHONY: demo test test-quick soak bench lint format release debug install needs clean

needs:
	@demo/install-needs 1>&2

# What building says goes to standard error, so that `make -s demo ARGS="snapshot --format json"` prints JSON and nothing else.
# The Swift runtime is linked in, so that the binary runs on a bastion without a Swift toolchain.
release: needs
	@swift build -c release --static-swift-stdlib --product opsconsole 1>&2

debug: needs
	@swift build

# Opens the console on a small real stack; leaving it stops the stack. ARGS="snapshot --format json" runs a subcommand on it instead.
demo: release
	@demo/run $(ARGS)

# All tests side by side. ONLY=NAME runs one suite, file, class or test; SHARDS=N says how many shards run at once.
test: needs
	@Tests/run all

# What needs no server and no waiting, and the lint.
test-quick: needs
	@Tests/run quick

# Long counts and long waits in full: half an hour and more.
soak: needs
	@Tests/run soak

# Exits with 1 and names every figure that got worse than bench/baseline.json. ACCEPT="reason" writes the new figures there.
bench: release
	@swift build -c release --static-swift-stdlib --product TapeBench 1>&2
	@OPSCONSOLE_TAPE_BENCH=$(CURDIR)/.build/release/TapeBench demo/stack.py run --profile test -- $(VENV)/bin/python bench/run.py \
	  --binary $(RELEASE) $(if $(ONLY),--only $(ONLY)) $(if $(ACCEPT),--accept "$(ACCEPT)")

lint:
	@Tests/lint

format:
	@swift format --in-place --recursive --parallel Package.swift Sources Tests

install: release
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/opsconsole/themes" \
	  "$(DESTDIR)$(PREFIX)/share/opsconsole/runbooks/playbooks" \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -m 755 $(RELEASE) "$(DESTDIR)$(PREFIX)/bin/opsconsole"
	install -m 644 themes/*.yaml "$(DESTDIR)$(PREFIX)/share/opsconsole/themes/"
	install -m 644 runbooks/*.yaml "$(DESTDIR)$(PREFIX)/share/opsconsole/runbooks/"
	install -m 644 runbooks/playbooks/*.yml "$(DESTDIR)$(PREFIX)/share/opsconsole/runbooks/playbooks/"
	$(RELEASE) runbook schema > "$(DESTDIR)$(PREFIX)/share/opsconsole/runbook.schema.json"
	$(RELEASE) completions bash > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/opsconsole"
	$(RELEASE) completions zsh > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_opsconsole"
	$(RELEASE) completions fish > "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/opsconsole.fish"

clean:
	rm -rf .build .build-*
