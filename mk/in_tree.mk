# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#
# The build as contrib/mod_tls (or contrib/mod_tls_*) of a ProFTPD source tree, which calls the
# targets static, shared, install, clean and distclean, and wants mod_x.o and mod_x.a, or mod_x.la.

OUR_CPPFLAGS := $(CPPFLAGS)
top_builddir = ../..
top_srcdir = ../..
include $(top_builddir)/Make.rules
CPPFLAGS = $(OUR_CPPFLAGS)
PROFTPD_CPPFLAGS = -DHAVE_CONFIG_H $(PLATFORM) -isystem $(top_builddir) \
                   -isystem $(top_srcdir)/include

module := $(notdir $(CURDIR))
layers := $(call links_of,$(module))

# The folders of all modules share the objects of the layers, which are in that of mod_tls: static
# and shared ones, too, since ours do not differ. Absolute names are the same from each folder.
srcdir := $(abspath $(srcdir))
objects := $(srcdir)/obj
members := $(foreach l,$(layers),$(patsubst %,$(objects)/$l/%.o,$(call sources_for,$(module),$l)))

all: static
.PHONY: all static shared install install-headers clean distclean force
.DELETE_ON_ERROR:
.SUFFIXES:

# Everything is compiled again if the flags change; config.h decides what the host's headers say.
$(objects)/flags: force
	@mkdir -p $(@D)
	$(call write_flags,$(LAYERS))
$(filter $(objects)/glue/%,$(members)) $(module).o: $(top_builddir)/config.h

# compile LAYER
define object_rule
$(objects)/$1/%.o: $(srcdir)/lib/$1/%.cc $(objects)/flags $(call precompiled_for,objects,$1)
	@mkdir -p $$(@D)
	$$(CXX) $$(call compile_flags,$1) $(call include_precompiled,objects,$1) -MMD -MP -c -o $$@ $$<
endef
$(foreach l,core ossl,$(eval $(call precompiled_rule,objects,$l)))
$(foreach l,$(layers),$(eval $(call object_rule,$l)))

$(module).o: $(srcdir)/$(module).cc $(objects)/flags
	@mkdir -p obj
	$(CXX) $(call compile_flags,module) -MMD -MP -MF obj/$(module).d -c -o $@ $<

# The archive's members are taken as needed; what only other modules need is asked for by name.
static: $(module).a
	echo '-lstdc++ $(addprefix -Wl$(comma)-u$(comma),$(EXPORTS_$(module)))' >> $(MODULE_LIBS_FILE)
$(module).a: $(module).o $(members)
	rm -f $@
	$(AR) rc $@ $^
	$(RANLIB) $@

# The tree's libtool has no tag for C++ and links with the C compiler.
shared: $(module).la
$(module).la: $(module).o $(members) obj/$(module).map
	$(LIBTOOL) --mode=link --tag=CC $(CXX) -o $@ $(filter %.o,$^) -rpath $(LIBEXECDIR) \
	  -avoid-version -export-dynamic -module $(LDFLAGS) $(call module_ldflags,$(module)) \
	  $(OPENSSL_LIBS) -lstdc++

install: $(if $(wildcard $(srcdir)/$(module).h),install-headers)
	if [ -f $(module).la ]; then \
	  $(LIBTOOL) --mode=install --tag=CC $(INSTALL_BIN) $(module).la $(DESTDIR)$(LIBEXECDIR); \
	fi

install-headers:
	mkdir -p $(DESTDIR)$(includedir)/proftpd
	$(INSTALL_MAN) $(srcdir)/$(module).h $(DESTDIR)$(includedir)/proftpd/$(module).h

clean:
	rm -rf obj .libs $(module).a $(module).la $(module).o

distclean: clean
	rm -f Makefile config.status config.log

-include $(wildcard obj/*.d $(objects)/*/*.d)
