// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include "cache/byte_store.h"

namespace mod_tls::test {

/// What every store of bytes has to do, whatever it is made of. The store is empty before and
/// after. Failures are reported through CppUTest.
void check_store_contract(cache::ByteStore &store);

/// What stores that can list their names do besides: they list all, as many as asked for, and none
/// that has been removed. The store is empty before and after.
void check_names(cache::ByteStore &store);

/// A name or value of `size` bytes that depend on `seed`.
cache::Bytes sample(std::size_t size, unsigned int seed);

}  // namespace mod_tls::test
