// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception

// The functions of mod_tls.h by which cache modules make themselves known.
#include "abi/provider_registry.h"
#include "glue/callback_guard.h"
#include "glue/module_state.h"

namespace {

using mod_tls::abi::Registration;
using mod_tls::glue::guarded;
using mod_tls::glue::module_state;

int as_c_result(Registration outcome) {
  if (outcome == Registration::done) return 0;
  errno = mod_tls::abi::errno_of(outcome);
  return -1;
}

}  // namespace

int tls_sess_cache_register(const char *name, tls_sess_cache_t *handler) {
  return guarded(-1,
                 [=] { return as_c_result(module_state().providers.sessions.add(name, handler)); });
}

int tls_sess_cache_unregister(const char *name) {
  return guarded(-1, [=] {
    if (name != nullptr) module_state().session_caching.forget(name);
    return as_c_result(module_state().providers.sessions.remove(name));
  });
}

#ifdef PR_USE_OPENSSL_OCSP

int tls_ocsp_cache_register(const char *name, tls_ocsp_cache_t *handler) {
  return guarded(-1, [=] { return as_c_result(module_state().providers.ocsp.add(name, handler)); });
}

int tls_ocsp_cache_unregister(const char *name) {
  return guarded(-1, [=] {
    if (name != nullptr) module_state().stapling.forget(name);
    return as_c_result(module_state().providers.ocsp.remove(name));
  });
}

#else

int tls_ocsp_cache_register(const char *, tls_ocsp_cache_t *) {
  errno = ENOSYS;
  return -1;
}

int tls_ocsp_cache_unregister(const char *) {
  errno = ENOSYS;
  return -1;
}

#endif
