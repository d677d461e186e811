# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#
# The build against an installed ProFTPD. Nothing is written outside the build folder.

PROFTPD_CPPFLAGS = -isystem $(PROFTPD_HEADERS)

module_files = $(addsuffix .so,$(MODULES))
objects := obj
all: $(module_files)

.PHONY: all install uninstall clean distclean force
.DELETE_ON_ERROR:

# One line per command, unless `make V=1`.
say = $(if $(V),,@echo '  $1  $@';)
.SUFFIXES:

# ---- objects, archives, modules ----------------------------------------------------------------

# Everything is compiled again if the flags change, and only then: not because configure ran.
obj/flags: force
	@mkdir -p $(@D)
	$(call write_flags,$(here_layers))

$(foreach l,core ossl,$(eval $(call precompiled_rule,objects,$l)))

# compile SOURCE-FOLDER LAYER: rule for the objects in obj/LAYER
define object_rule
obj/$2/%.o: $1/%.cc obj/flags $$(call precompiled_for,objects,$2)
	@mkdir -p $$(@D)
	$$(call say,CXX) $$(CXX) $$(call compile_flags,$2) $$(call include_precompiled,objects,$2) \
	  -MMD -MP -c -o $$@ $$<
endef

# A layer's archive, also made anew when a source has gone.
define layer_rule
objects_$1 = $$(patsubst %,obj/$1/%.o,$$(call sources_of,$1))
obj/lib$1.a: $$(objects_$1) obj/$1.list
	@rm -f $$@
	$$(call say,AR ) $$(AR) rcs $$@ $$(objects_$1)
obj/$1.list: force
	@mkdir -p $$(@D)
	@echo '$$(objects_$1)' | cmp -s - $$@ || echo '$$(objects_$1)' > $$@
endef

# What the cache modules have of glue: none of it belongs to mod_tls, whose functions they import.
cache_glue_objects = $(patsubst %,obj/glue/%.o,$(filter $(CACHE_GLUE),$(call sources_of,glue)))
obj/libcacheglue.a: $(cache_glue_objects) obj/glue.list Makefile
	@rm -f $@
	$(call say,AR ) $(AR) rcs $@ $(cache_glue_objects)

# archives_of MODULE
archives_of = $(patsubst %,obj/lib%.a,$(if $(filter mod_tls,$1),$(call links_of,$1),\
                $(patsubst glue,cacheglue,$(call links_of,$1))))

define module_rule
$1.so: obj/module/$1.o $$(call archives_of,$1) obj/$1.map
	$$(call say,LD ) $$(CXX) $$(CXXFLAGS) $$(SANITIZE) -shared \
	  $$(call module_ldflags,$1) $$(LDFLAGS) -o $$@ \
	  $$< $$(call archives_of,$1) $$(OPENSSL_LIBS)
endef

$(foreach l,$(here_layers),$(eval $(call object_rule,$(srcdir)/lib/$l,$l)))
$(foreach l,$(here_layers),$(eval $(call layer_rule,$l)))
$(eval $(call object_rule,$(srcdir),module))
$(foreach m,$(MODULES),$(eval $(call module_rule,$m)))

# ---- install: by rename, because running sessions have the old file mapped ---------------------

install: $(module_files)
	@test -n '$(module_dir)' || { \
	  echo 'No proftpd was found to ask where its modules are.' >&2; \
	  echo 'Say it: ./configure --with-module-dir=DIR' >&2; exit 1; }
	mkdir -p '$(DESTDIR)$(module_dir)'
	@set -e; for file in $(module_files); do \
	  echo "install $$file -> $(DESTDIR)$(module_dir)"; \
	  cp $$file '$(DESTDIR)$(module_dir)'/$$file.new; \
	  chmod 644 '$(DESTDIR)$(module_dir)'/$$file.new; \
	  mv -f '$(DESTDIR)$(module_dir)'/$$file.new '$(DESTDIR)$(module_dir)'/$$file; \
	done

uninstall:
	cd '$(DESTDIR)$(module_dir)' && rm -f $(module_files)

clean:
	rm -rf obj $(module_files) compile_commands.json

distclean: clean
	rm -f Makefile config.status config.log

# ---- when configure's input has changed --------------------------------------------------------

# configure is not made anew here, since that would write into the source folder.
$(srcdir)/configure: $(srcdir)/configure.ac
	@echo 'configure.ac is newer than configure: run autoreconf -i' >&2

Makefile: $(srcdir)/Makefile.in config.status
	./config.status

config.status: $(srcdir)/configure
	./config.status --recheck

include $(srcdir)/mk/tests.mk
include $(srcdir)/mk/source.mk
-include $(wildcard obj/*/*.d obj/*/*/*.d)
