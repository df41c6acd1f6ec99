# The commands of rt0, from build to checks. Each works from a fresh checkout on Debian 12 and installs the packages it
# lacks. Variables:
#   ISA=<folder of arch/>   P=<program>   ARGS=<its arguments>   COMPILER=gcc|clang   PREFIX=<folder>
#   SIM=<RT0_SIM's keys>   AREA=<file of tests/mutants>   RUNS, SEED, ALL, STEP, OTHER_GO: see the command
ISAS := $(shell awk '/^[a-z0-9]/ {print $$1}' arch/isas.txt)
P ?= hello
COMPILER ?= gcc
ONE := $(or $(ISA),amd64)
SELECTED := $(or $(ISA),$(ISAS))
ifneq ($(filter-out $(ISAS) $(if $(filter port-new,$(MAKECMDGOALS)),$(ISA)),$(SELECTED)),)
$(error ISA=$(ISA) is not known. Known: $(ISAS))
endif
# Variables have names in capitals. Without this check `make isa=arm64` would ignore the variable and do the same as
# `make`.
$(foreach v,isa p args prefix compiler sim runs seed all step other_go area,\
  $(if $(filter command%line,$(subst $() ,%,$(origin $(v)))),\
    $(error $(v)=$($(v)) is written in capitals: $(shell echo $(v) | tr a-z A-Z)=$($(v)))))
package = $(shell awk '$$1 == "$(1)" {print $$4}' arch/isas.txt)
# The ISAs whose compilers PKG_BUILD names: one ISA for the commands that build for one, none for `make host`.
FOR_ONE := run seeds explore inspect bench install mutants
COMPILED := $(if $(filter host,$(MAKECMDGOALS)),,$(if $(filter $(FOR_ONE),$(MAKECMDGOALS)),$(ONE),$(SELECTED)))
PKG_BUILD := make cmake ninja-build g++ binutils libdw-dev libelf-dev libcli11-dev nlohmann-json3-dev \
  $(foreach i,$(COMPILED),$(call package,$(i)))
PKG_RUN := qemu-user
PKG_LIBS := libfmt-dev nlohmann-json3-dev libcli11-dev doctest-dev librange-v3-dev libboost-dev \
  libconcurrentqueue-dev libreaderwriterqueue-dev libcds-dev
PKG_TEST := libgtest-dev python3 wrk socat $(PKG_LIBS)
PKG_CHECK := clang-19 lld-19 clang-format-19 clang-tidy-19
CMAKE := cmake -G Ninja -Wno-dev
PREFIX ?= /usr/local
SUFFIX := $(if $(filter clang,$(COMPILER)),-clang)
Q := >build/log.txt 2>&1 || { cat build/log.txt; exit 1; }

.PHONY: help build host install deb docs run test check bench mutants seeds explore determinism golden oracle matrix \
  inspect clean known-program need-build need-run need-test need-check need-deb need-docs $(ISAS:%=build-%)

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "ISAs: $(ISAS)"

build: host $(SELECTED:%=build-%) ## builds everything for ISA=... (default: all ported ones) and the host tools

host: need-build
	@mkdir -p build
	@$(CMAKE) -S . -B build/host -DRT0_HOST=ON -DCMAKE_BUILD_TYPE=Release $(Q)
	@cmake --build build/host $(Q)

# $(1) is the ISA, $(2) is "" or -dev: configures build/<isa><compiler><variant>.
configure = $(CMAKE) -S . -B build/$(1)$(SUFFIX)$(2) -DRT0_ISA=$(1) -DRT0_COMPILER=$(COMPILER) \
  -DRT0_DEV=$(if $(2),ON,OFF) -DCMAKE_TOOLCHAIN_FILE=tools/toolchain.cmake \
  -DRT0_MKPCLNTAB=$(CURDIR)/build/host/bin/mkpclntab $(Q)

$(ISAS:%=build-%): build-%: host
	@echo "building for $*, with $(COMPILER): the runtime, examples and test programs, in build/$*$(SUFFIX)," \
	  "then with checks"
	@$(call configure,$*,)
	@cmake --build build/$*$(SUFFIX) $(Q)
	@$(call configure,$*,-dev)
	@cmake --build build/$*$(SUFFIX)-dev $(Q)

# tests/programs/order/x.cc is the program order_x; port/ and others have prefixes of their own.
program_exists = [ -f examples/$(P).cc ] || [ -n "$$(find tests/programs tests/port -name '*.cc' | \
  sed 's|^tests/programs/||; s|^tests/||; s|/|_|g' | grep -Fx '$(P).cc')" ] || { \
  echo "P=$(P) is no program. examples/ has:" $(sort $(notdir $(basename $(wildcard examples/*.cc)))) >&2; exit 2; }

run: known-program need-run host ## builds and runs P=hello under QEMU for ISA=amd64 with ARGS=..., boot trace on stderr
	@$(call configure,$(ONE),)
	@cmake --build build/$(ONE)$(SUFFIX) --target $(P) $(Q)
	@RT0_TRACE=$${RT0_TRACE:--} qemu/run.sh $(ONE) qemu build/$(ONE)$(SUFFIX)/bin/$(P) $(ARGS)

test: need-run need-test build ## everything: all ISAs under QEMU and natively, host tools, goldens; ISA=... for one
	@$(foreach i,$(SELECTED),cmake --build build/$(i)$(SUFFIX) --target $(if $(SUFFIX),all,libs) $(Q) &&) true
	@ctest --test-dir build/host --output-on-failure --output-junit junit.xml --test-output-size-passed 1000000 -j 2 \
	  -L '^(host|$(subst $() ,|,$(SELECTED)))$$'; status=$$?; qemu/matrix.sh $(SELECTED); exit $$status

check: need-check need-run need-test ## format, lint, layers, both compilers
	@tests/lint/check.sh $(SELECTED)

bench: need-run need-test build-amd64 ## the cost of the boot, and benchmarks, also with real Go if `go` is on PATH
	@tests/boot_cost.py --print build/amd64/bin/hello
	@bench/compare.py build/amd64/bin/bench

mutants: need-run need-test need-build ## puts single faults into the code: which test sees each? AREA=... for one area
	@tests/mutants.py $(AREA)

seeds: known-program need-run need-test host ## runs P=<program> with RUNS=100 seeds of RT0_SIM; lists the outcomes
	@$(call configure,$(ONE),)
	@cmake --build build/$(ONE)$(SUFFIX) --target $(P) $(Q)
	@tools/seeds.py --isa $(ONE) --build build/$(ONE)$(SUFFIX) --runs $(or $(RUNS),100) --first $(or $(SEED),1) \
	  $(if $(SIM),--sim $(SIM)) $(if $(ALL),--all) $(P) $(ARGS)

# RUNS=, SECONDS=, SIM=strategy, ARGS=: as rt0-explore's --runs, --time, --strategy and the program's arguments.
explore: known-program need-run host ## runs P=<program> under many schedules; lists each way in which it ends
	@$(call configure,$(ONE),)
	@cmake --build build/$(ONE)$(SUFFIX) --target $(P) explore $(Q)
	@build/host/bin/rt0-explore build/$(ONE)$(SUFFIX)/bin/$(P) $(if $(RUNS),--runs $(RUNS)) \
	  $(if $(SECONDS),--time $(SECONDS)s) $(if $(SIM),--strategy $(SIM)) $(if $(SEED),--seed $(SEED)) \
	  $$(awk -v m="$$(uname -m)" '$$1 == "$(ONE)" && $$7 != m {print "--how", $$6}' arch/isas.txt) $(if $(ARGS),-- $(ARGS))

determinism: need-run need-test build ## RUNS=500 generated programs, simulated, in all builds there are: same traces?
	@tools/determinism.py --pairs $(or $(RUNS),500) --first $(or $(SEED),0) \
	  $(patsubst %/bin/scripted,%,$(foreach i,$(SELECTED),$(foreach s,$() -dev -clang -clang-dev,\
	    $(wildcard build/$(i)$(s)/bin/scripted))))

golden: need-run need-test build ## rewrites tests/golden and shows the difference
	@tests/golden.py --write
	@tests/sim_golden.py --write
	@git --no-pager diff --stat -- tests/golden; git --no-pager diff -- tests/golden

oracle: ## runs the Go programs of tests/oracle with the Go that is installed; shows what changed; P=... for one
	@tools/need.sh python3
	@tests/oracle.py --write $(if $(OTHER_GO),--other-go) $(if $(RUNS),--runs $(RUNS)) \
	  $(if $(filter command,$(firstword $(origin P))),$(P))

port-check: need-run need-test host ## ISA=...: runs the steps of a port in order; says what to do next
	@tests/port_check.py $(ONE) $(STEP)

port-new: ## ISA=name [LIKE=riscv64]: begins a port as a copy of another; see arch/PORTING.md
	@tools/new_isa.sh "$(ISA)" $(LIKE)

matrix: need-run build ## the table of ports (programs built, tests passed); puts it into README, too
	@qemu/matrix.sh $(ISAS) >build/matrix.md; cat build/matrix.md
	@tests/port_docs.py --matrix build/matrix.md

inspect: need-build build-$(ONE) ## the ELF facts of P=hello: entry, segments, sections, sizes, launch chain
	@qemu/inspect.sh build/$(ONE)/bin/$(P)

# What is installed for an ISA.
LIBRARIES = rt0 rt0_musl rt0_checked rt0_exceptions rt0_checked_exceptions explore rt0_tls

install: ## installs the runtime for ISA=amd64, rt0-c++ and CMake's files into PREFIX=/usr/local; once for each ISA
	@mkdir -p $(DESTDIR)$(PREFIX) 2>/dev/null && test -w $(DESTDIR)$(PREFIX) || { \
	  echo "PREFIX=$(PREFIX): no right to write there: choose another PREFIX, or become root" >&2; exit 2; }
	@$(MAKE) --no-print-directory host
	@tools/need.sh $(call package,$(ONE))
	@echo "installing the runtime for $(ONE) into $(DESTDIR)$(PREFIX)"
	@$(call configure,$(ONE),)
	@cmake --build build/$(ONE)$(SUFFIX) --target $(LIBRARIES) $(Q)
	@cmake --install build/$(ONE)$(SUFFIX) --prefix $(PREFIX) $(Q)

deb: need-deb host ## Debian packages in build/deb: rt0, rt0-doc, and rt0-runtime-<isa> for ISA=... (default: all)
	@$(foreach i,$(SELECTED),$(call configure,$(i),) && \
	  cmake --build build/$(i)$(SUFFIX) --target $(LIBRARIES) $(Q) &&) true
	@tools/deb/build.sh build/deb $(SELECTED)

docs: need-docs ## the guides and a reference of the public headers as a site, in build/docs
	@mkdir -p build/docs && RT0_DOCS=build/docs doxygen docs/Doxyfile && echo "build/docs/index.html"

clean: ## removes build/
	@rm -rf build

known-program: ; @$(program_exists)
need-build: ; @tools/need.sh $(sort $(PKG_BUILD))
need-run: ; @tools/need.sh $(PKG_RUN)
need-test: ; @tools/need.sh $(PKG_TEST)
need-docs: ; @tools/need.sh doxygen
need-deb: ; @tools/need.sh dpkg-dev
need-check: ; @tools/need.sh $(sort $(PKG_BUILD) $(PKG_CHECK))
