# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#
# Tests, lint, fuzzing, benchmark, compile database.

PYTHON = /usr/bin/python3
PYTEST_JOBS = 4
PYTEST_FLAGS =
FUZZ_SECONDS = 60
BENCH_FLAGS =
sanitized := $(if $(SANITIZE),1,0)

.PHONY: check check-unit check-abi check-integration check-big check-build lint bench fuzz fuzz-targets

check: lint check-abi check-unit check-integration check-build

# ---- unit: one program per layer, linked with that layer and those below it --------------------

unit_layers := $(foreach l,$(here_layers),$(if $(wildcard $(srcdir)/t/unit/$l/*_test.cc),$l))
unit_programs = $(patsubst %,obj/unit/%/run,$(unit_layers))

# Tests run for milliseconds, so to optimise them is lost time.
UNIT_CXXFLAGS = -U_FORTIFY_SOURCE -O0 -g1 -I$(srcdir)/t

define unit_rule
unit_objects_$1 = $$(patsubst $(srcdir)/t/unit/$1/%.cc,obj/unit/$1/%.o,\
                    $$(wildcard $(srcdir)/t/unit/$1/*.cc))
obj/unit/$1/%.o: $(srcdir)/t/unit/$1/%.cc obj/flags $$(call precompiled_for,tests,$1)
	@mkdir -p $$(@D)
	$$(call say,CXX) $$(CXX) $$(call compile_flags,$1) $$(UNIT_CXXFLAGS) \
	  $$(call include_precompiled,tests,$1) -MMD -MP -c -o $$@ $$<
obj/unit/$1/run: $$(unit_objects_$1) $$(patsubst %,obj/lib%.a,$$(call uses_of,$1))
	$$(call say,LD ) $$(CXX) $$(CXXFLAGS) $$(SANITIZE) $$(LDFLAGS) -o $$@ $$^ $$(CPPUTEST_LIBS) \
	  $$(if $$(filter ossl abi glue,$1),$$(OPENSSL_LIBS))
endef
$(foreach l,core ossl,$(eval $(call precompiled_rule,tests,$l,$(UNIT_CXXFLAGS))))
$(foreach l,$(unit_layers),$(eval $(call unit_rule,$l)))

check-unit: $(unit_programs)
	@test -n '$(CPPUTEST_LIBS)' || { \
	  echo 'CppUTest is missing: apt install cpputest, then configure again' >&2; exit 1; }
	@failed=0; for program in $(unit_programs); do \
	  echo "$$program"; $$program || failed=1; \
	done; exit $$failed

# ---- on a real proftpd -------------------------------------------------------------------------

check-abi:
	$(srcdir)/t/abi/check_layout $(PROFTPD_HEADERS)

check-integration: $(module_files)
	MOD_TLS_BUILD_DIR=$(CURDIR) MOD_TLS_SANITIZED=$(sanitized) PYTHONDONTWRITEBYTECODE=1 \
	  $(PYTHON) -m pytest -q -n $(PYTEST_JOBS) $(PYTEST_FLAGS) $(srcdir)/t/integration

# 1 GiB and 10,000 files, both ways, TLS 1.2 and 1.3, curl and lftp: minutes.
check-big:
	$(MAKE) check-integration PYTEST_FLAGS='-m big'

check-build:
	@set -e; for script in $(filter-out %.sh,$(wildcard $(srcdir)/t/build/*)); do \
	  echo "$$script"; "$$script"; \
	done

bench: $(module_files)
	$(srcdir)/bench/run --module-dir $(CURDIR) --out $(CURDIR)/bench $(BENCH_FLAGS)

# What an operation on the session cache in shared memory costs: seconds.
.PHONY: bench-cache
bench-cache: obj/bench/cache_bench
	$(srcdir)/bench/cache $< --out $(CURDIR)/bench
# Optimised in any build.
obj/bench/cache_bench: $(srcdir)/bench/cache_bench.cc $(wildcard $(srcdir)/lib/cache/shm_*.cc) \
                       $(srcdir)/lib/core/ascii.cc obj/flags
	@mkdir -p $(@D)
	$(call say,CXX) $(CXX) $(call compile_flags,cache) -O2 $(LDFLAGS) -o $@ $(filter %.cc,$^)

# ---- lint: each script explains what it finds --------------------------------------------------

lint: compile_commands.json
	@failed=0; for script in $(filter-out %/tidy %.py,$(wildcard $(srcdir)/t/lint/*)); do \
	  echo "$$script"; "$$script" || failed=1; \
	done; \
	echo $(srcdir)/t/lint/tidy; $(srcdir)/t/lint/tidy $(CURDIR)/compile_commands.json || failed=1; \
	exit $$failed

# ---- fuzz: everything compiled once more, by clang, with its sanitizers ------------------------

fuzz_layers := $(filter-out glue,$(here_layers))
fuzz_names := $(notdir $(patsubst %_fuzz.cc,%,$(wildcard $(srcdir)/t/fuzz/*_fuzz.cc)))
fuzz_programs = $(patsubst %,obj/fuzz/%_fuzz,$(fuzz_names))
fuzz_objects = $(foreach l,$(fuzz_layers),$(patsubst %,obj/fuzz/$l/%.o,$(call sources_of,$l)))
FUZZ_CXXFLAGS = -std=c++20 -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
                -I$(srcdir)/lib $(OPENSSL_CPPFLAGS) -MMD -MP
FUZZ_SANITIZE = -fsanitize=fuzzer-no-link,address,undefined
fuzz_precompiled := $(if $(PRECOMPILED),obj/fuzz/precompiled.pch)

obj/fuzz/precompiled.pch: $(srcdir)/mk/precompiled.h obj/flags
	@mkdir -p $(@D)
	$(call say,PCH) $(FUZZ_CXX) $(FUZZ_CXXFLAGS) $(FUZZ_SANITIZE) -fpch-instantiate-templates \
	  -x c++-header -o $@ $<
obj/fuzz/%.o: $(srcdir)/lib/%.cc obj/flags $(fuzz_precompiled)
	@mkdir -p $(@D)
	$(call say,CXX) $(FUZZ_CXX) $(FUZZ_CXXFLAGS) $(FUZZ_SANITIZE) \
	  $(addprefix -include-pch ,$(fuzz_precompiled)) -c -o $@ $<
obj/fuzz/lib.a: $(fuzz_objects)
	@rm -f $@
	$(call say,AR ) $(AR) rcs $@ $^
obj/fuzz/%_fuzz: $(srcdir)/t/fuzz/%_fuzz.cc obj/fuzz/lib.a
	$(call say,CXX) $(FUZZ_CXX) $(FUZZ_CXXFLAGS) -fsanitize=fuzzer,address,undefined \
	  -o $@ $(filter %.cc %.a,$^) $(OPENSSL_LIBS)

fuzz-targets: $(fuzz_programs)

# New inputs go to the build folder; the corpus of the tree is read only.
fuzz: fuzz-targets
	@set -e; for name in $(fuzz_names); do \
	  mkdir -p obj/fuzz/corpus/$$name; echo "fuzz $$name for $(FUZZ_SECONDS) s"; \
	  obj/fuzz/$${name}_fuzz -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
	    -artifact_prefix=obj/fuzz/$$name- \
	    obj/fuzz/corpus/$$name $(wildcard $(srcdir)/t/fuzz/corpus/$$name); \
	done

# ---- compile_commands.json for clang-tidy and clangd -------------------------------------------

# entry LAYER FILES MORE-FLAGS
entry = $(if $2,'$(CXX) $(call compile_flags,$1) $3' $2 --)
entries = $(foreach l,$(here_layers),$(call entry,$l,$(wildcard $(srcdir)/lib/$l/*.cc))) \
          $(foreach l,$(unit_layers),\
            $(call entry,$l,$(wildcard $(srcdir)/t/unit/$l/*.cc),-I$(srcdir)/t)) \
          $(call entry,module,$(patsubst %,$(srcdir)/%.cc,$(MODULES)))

compile_commands.json: Makefile force
	@$(PYTHON) $(srcdir)/mk/compile_db $@ $(entries)
