// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Prints the layout of the public header of this tree, as C++ sees it; and pins every offset, so
// that a wrong one does not even compile. With MOD_TLS_WITH_HOST_HEADERS the header has to get
// along with those of ProFTPD and OpenSSL, without it with none of them.
#include <cstddef>
#include <cstdio>
#include <type_traits>

#ifdef MOD_TLS_WITH_HOST_HEADERS
extern "C" {
#include <conf.h>
}
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#endif

#include "../../mod_tls.h"

#define TYPE_CHECK(expression, type)                                             \
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(expression)>, type>, \
                #expression " is not " #type)
#define DELETE_MEMBER delete_

#include "layout_body.h"

namespace {

// Every member is a pointer or a long, and those are of one size wherever ProFTPD runs.
static_assert(sizeof(long) == sizeof(void *));

constexpr std::size_t word(std::size_t index) {
  return index * sizeof(void *);
}

static_assert(sizeof(sess_cache_st) == word(13));
static_assert(offsetof(sess_cache_st, cache_name) == word(0));
static_assert(offsetof(sess_cache_st, cache_pool) == word(1));
static_assert(offsetof(sess_cache_st, cache_data) == word(2));
static_assert(offsetof(sess_cache_st, cache_timeout) == word(3));
static_assert(offsetof(sess_cache_st, cache_mode) == word(4));
static_assert(offsetof(sess_cache_st, open) == word(5));
static_assert(offsetof(sess_cache_st, close) == word(6));
static_assert(offsetof(sess_cache_st, add) == word(7));
static_assert(offsetof(sess_cache_st, get) == word(8));
static_assert(offsetof(sess_cache_st, delete_) == word(9));
static_assert(offsetof(sess_cache_st, clear) == word(10));
static_assert(offsetof(sess_cache_st, remove) == word(11));
static_assert(offsetof(sess_cache_st, status) == word(12));

static_assert(sizeof(ocsp_cache_st) == word(11));
static_assert(offsetof(ocsp_cache_st, cache_name) == word(0));
static_assert(offsetof(ocsp_cache_st, cache_pool) == word(1));
static_assert(offsetof(ocsp_cache_st, cache_data) == word(2));
static_assert(offsetof(ocsp_cache_st, open) == word(3));
static_assert(offsetof(ocsp_cache_st, close) == word(4));
static_assert(offsetof(ocsp_cache_st, add) == word(5));
static_assert(offsetof(ocsp_cache_st, get) == word(6));
static_assert(offsetof(ocsp_cache_st, delete_) == word(7));
static_assert(offsetof(ocsp_cache_st, clear) == word(8));
static_assert(offsetof(ocsp_cache_st, remove) == word(9));
static_assert(offsetof(ocsp_cache_st, status) == word(10));

}  // namespace
