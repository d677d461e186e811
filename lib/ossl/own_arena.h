// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <functional>

namespace mod_tls::ossl {

/// Runs `work` to its end in a short-lived thread that blocks all signals, so that what it
/// allocates comes from a malloc arena of its own. OpenSSL's long-lived objects would otherwise
/// leave the heap full of holes; every session forked later fills them, and each page it touches
/// that way becomes a private copy (measured: 120 KiB per idle session). Where no thread can be
/// had, `work` runs in the caller's. What it throws is thrown here.
void run_in_own_arena(const std::function<void()> &work);

/// Gives memory that is free inside the heap back to the system, where that can be done. After
/// work with large or many short-lived objects, in processes that then live on for long.
void release_free_memory();

}  // namespace mod_tls::ossl
