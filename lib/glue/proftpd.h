// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

// The ProFTPD headers, with what C++ needs around them. Standard headers come first; OpenSSL's
// too, where a file needs both, because conf.h lowers OPENSSL_API_COMPAT.
#include <cerrno>
#include <cstddef>

extern "C" {
#include <conf.h>
#include <privs.h>

// Exported by the daemon without a prototype in its headers.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): the host's
extern xaset_t *server_list;
extern unsigned char is_master;

__attribute__((visibility("default"))) extern struct module_struc tls_module;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
}
