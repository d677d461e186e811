# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#
# What both ways to build have in common: sources, flags per layer, export lists.

here_layers := $(foreach l,$(LAYERS),$(if $(wildcard $(srcdir)/lib/$l/*.cc),$l))

# The sources of a layer, as names without folder and suffix.
sources_of = $(notdir $(basename $(wildcard $(srcdir)/lib/$1/*.cc)))
# Those of them that a module takes in: sources_for MODULE LAYER.
sources_for = $(if $(filter glue,$2),$(if $(filter mod_tls,$1),\
                $(filter-out cache_%,$(call sources_of,$2)),\
                $(filter $(CACHE_GLUE),$(call sources_of,$2))),$(call sources_of,$2))
# The layers a module links, upper ones first.
links_of = $(filter $(or $(LINKS_$1),$(LINKS)),$(here_layers))
# The layers that code beside the given one may use, itself included, upper ones first.
uses_of = $(filter $1 $(USES_$1),$(here_layers))
# The symbols that a module exports: mod_x -> x_module, and its functions.
exports_of = $(patsubst mod_%,%_module,$1) $(EXPORTS_$1)

comma := ,
empty :=
space := $(empty) $(empty)

# Only what is named is visible to the rest of the process, and the code stays mapped when the host
# unloads modules on SIGHUP: callbacks handed to OpenSSL and to the host remain valid.
module_ldflags = -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,nodelete -Wl,--version-script=obj/$1.map \
                 $(addprefix -Wl$(comma)-u$(comma),$(EXPORTS_$1)) \
                 $(if $(SANITIZE),,-static-libstdc++ -static-libgcc)

STANDARD = -std=c++20
# What no module needs of a source or of the C++ library is left out by the linker.
SECTIONS = -ffunction-sections -fdata-sections
VISIBILITY = -fPIC -fvisibility=hidden -fvisibility-inlines-hidden
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)

# conf.h would ask for OpenSSL 1.0's interface, if nothing was asked for before.
OPENSSL_CPPFLAGS = -DOPENSSL_API_COMPAT=30000 -DOPENSSL_NO_DEPRECATED

# Flags that a layer adds: core, cache and net know neither OpenSSL nor ProFTPD.
CPPFLAGS_core =
CPPFLAGS_cache =
CPPFLAGS_net =
CPPFLAGS_ossl = $(OPENSSL_CPPFLAGS)
CPPFLAGS_abi = $(OPENSSL_CPPFLAGS)
CPPFLAGS_glue = $(OPENSSL_CPPFLAGS) $(PROFTPD_CPPFLAGS)
CPPFLAGS_module = $(CPPFLAGS_glue)

# compile_flags LAYER
compile_flags = $(STANDARD) $(SECTIONS) $(VISIBILITY) $(WARNINGS) $(HARDENING) $(CXXFLAGS) $(SANITIZE) \
                -I$(srcdir)/lib $(CPPFLAGS_$1) $(CPPFLAGS)

# write_flags LAYERS: into $@, if they have changed; also if other makes do the same just now.
write_flags = @echo '$(CXX) $(PRECOMPILED) $(foreach l,$1,$(call compile_flags,$l))' > $@.$$$$; \
              cmp -s $@.$$$$ $@ && rm $@.$$$$ || mv $@.$$$$ $@

# With --enable-precompiled, what most sources include is compiled once, with OpenSSL and without.
# precompiled_for KIND LAYER: the file, if there is to be one; KIND is "objects" or "tests"
precompiled_for = $(if $(filter $1,$(PRECOMPILED)),\
                    $(objects)/precompiled/$1-$(if $(CPPFLAGS_$2),ossl,core).h.gch)
include_precompiled = $(addprefix -Winvalid-pch -include ,$(basename $(call precompiled_for,$1,$2)))

# precompile KIND LAYER FLAGS; LAYER is core or ossl
define precompiled_rule
$(objects)/precompiled/$1-$2.h.gch: $(srcdir)/mk/precompiled.h $(objects)/flags
	@mkdir -p $$(@D)
	$$(call say,PCH) $$(CXX) $$(call compile_flags,$2) $3 -x c++-header -o $$@ $$<
endef

obj/%.map: Makefile
	@mkdir -p $(@D)
	@printf '{\n  global:\n$(foreach s,$(call exports_of,$*),    $s;\n)  local:\n    *;\n};\n' > $@
