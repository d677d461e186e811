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
members := $(foreach l,$(layers),$(patsubst %,obj/$l/%,$(call sources_for,$(module),$l)))

all: static
.PHONY: all static shared install install-headers clean distclean
.DELETE_ON_ERROR:
.SUFFIXES:

# compile SOURCE-FOLDER LAYER OBJECT-FOLDER
define object_rules
$3%.o: $1/%.cc Makefile
	@mkdir -p obj/$2
	$$(CXX) $$(call compile_flags,$2) -MMD -MP -MF obj/$2/$$*.d -c -o $$@ $$<
$3%.lo: $1/%.cc Makefile
	@mkdir -p obj/$2
	$$(LIBTOOL) --mode=compile --tag=CC $$(CXX) -shared $$(call compile_flags,$2) -DPR_SHARED_MODULE \
	  -MMD -MP -MF obj/$2/$$*.d -c -o $$@ $$<
endef
$(foreach l,$(layers),$(eval $(call object_rules,$(srcdir)/lib/$l,$l,obj/$l/)))
$(eval $(call object_rules,$(srcdir),module,))

# The archive's members are taken as needed; what only other modules need is asked for by name.
static: $(module).a
	echo '-lstdc++ $(addprefix -Wl$(comma)-u$(comma),$(EXPORTS_$(module)))' >> $(MODULE_LIBS_FILE)
$(module).a: $(module).o $(addsuffix .o,$(members))
	rm -f $@
	$(AR) rc $@ $^
	$(RANLIB) $@

# The tree's libtool has no tag for C++ and links with the C compiler.
shared: $(module).la
$(module).la: $(module).lo $(addsuffix .lo,$(members)) obj/$(module).map
	$(LIBTOOL) --mode=link --tag=CC $(CXX) -o $@ $(filter %.lo,$^) -rpath $(LIBEXECDIR) \
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
	rm -rf obj .libs $(module).a $(module).la $(module).o $(module).lo

distclean: clean
	rm -f Makefile config.status config.log

-include $(wildcard obj/*/*.d)
