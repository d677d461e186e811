# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception

.PHONY: install-source
install-source: $(srcdir)/configure
	@$(srcdir)/mk/install-source '$(PROFTPD_SRC)'
