# What a person types. meson.build says how things are built; tools/ how they are done.
#
#   make            build the program: build/rootout
#   make deps       install what is missing: packages.txt, tests/requirements.txt
#   make demo       build, then watch a small organization lose its root users
#   make test       unit and conformance tests, on a build with sanitizers
#   make lint       layout, floors, sizes, banned functions, ...
#   make format     lay out the C files as make lint wants them
#   make bench      the measurements that the README quotes
#   make fuzz       fuzz every parser, FUZZ_SECONDS=60 each
#   make install    into $(DESTDIR)$(PREFIX), PREFIX=/usr/local
#   make clean      remove what was built
#   make help       this list
#
# ONLY="tests/unit/base tests/conformance/test_sts.py" runs just these tests.

PREFIX ?= /usr/local
WERROR ?= $(if $(CI),true,false)
FUZZ_SECONDS ?= 60
ONLY ?=

MAKEFLAGS += --no-print-directory --no-builtin-rules

all:
	@tools/deps --check build
	@$(MAKE) build/rootout

# Ninja knows what is out of date; make only asks it every time.
build/rootout: build/build.ninja FORCE
	@ninja -C build

build/build.ninja:
	meson setup build -Dtests=disabled -Dwerror=$(WERROR)

deps:
	@tools/deps build test lint bench python

demo:
	@tools/deps build
	@$(MAKE) build/rootout
	@tools/demo

test:
	@tools/deps build test lint python
	@WERROR=$(WERROR) tools/run-tests $(ONLY)

lint:
	@tools/deps build lint
	@tools/lint

format:
	@tools/deps lint
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format-14 -i

bench:
	@tools/deps build bench
	@$(MAKE) build/rootout
	@bench/all

fuzz:
	@tools/deps build fuzz
	@tools/fuzz $(FUZZ_SECONDS)

# Not by meson: `sudo make install` shall leave no files of root's in build/.
# The program writes its completions and its manual's pages itself.
install:
	@test -x build/rootout || $(MAKE) all
	install -D -m 755 -s build/rootout $(DESTDIR)$(PREFIX)/bin/rootout
	@set -e; share=$(DESTDIR)$(PREFIX)/share; \
	put() { to=$$share/$$1; shift; mkdir -p "$${to%/*}"; build/rootout "$$@" >"$$to"; echo "$$to"; }; \
	put bash-completion/completions/rootout completion bash; \
	put zsh/site-functions/_rootout completion zsh; \
	put fish/vendor_completions.d/rootout.fish completion fish; \
	build/rootout help --list | while read -r name; do \
		put "man/man1/rootout-$$(echo $$name | tr ' ' -).1" help --man $$name; \
	done

clean:
	rm -rf build build-debug build-fuzz

help:
	@sed -n '/^#   make/s/^#   //p' Makefile

FORCE:
.PHONY: all deps demo test lint format bench fuzz install clean help FORCE
