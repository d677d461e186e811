// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/own_chain.h"

#include <openssl/x509v3.h>

#include <algorithm>

namespace mod_tls::ossl {

namespace {

bool issued(X509 *issuer, X509 *certificate) {
  return X509_check_issued(issuer, certificate) == X509_V_OK;
}

}  // namespace

std::vector<X509Ptr> issuers_of(X509 *leaf, const std::vector<X509Ptr> &pool) {
  std::vector<X509Ptr> chain;
  X509 *last = leaf;
  while (chain.size() < pool.size() && !issued(last, last)) {
    const auto next =
        std::ranges::find_if(pool, [last](const X509Ptr &x) { return issued(x.get(), last); });
    if (next == pool.end() || issued(next->get(), next->get())) break;
    last = next->get();
    X509_up_ref(last);
    chain.emplace_back(last);
  }
  return chain;
}

}  // namespace mod_tls::ossl
