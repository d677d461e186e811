// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/ocsp_fetcher.h"
#include "core/ocsp_policy.h"
#include "ossl/handles.h"
#include "ossl/ocsp_message.h"

namespace mod_tls::ossl {

/// ClientOcsp asks the responders that the certificates of a client name. It belongs to a session
/// and remembers whom it has found good: data connections present the same certificate again.
class ClientOcsp {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `fetcher` must outlive it.
  ClientOcsp(core::OcspFetcher &fetcher, std::string_view agent)
      : fetcher_(fetcher), agent_(agent) {}

  /// No question goes on past `end`, whatever the policy allows.
  void limit(Time end) { end_ = end; }

  /// Judges a chain that has been verified, the client's own certificate first: each but the last
  /// one, from the top down. What the log should know is added to `lines`.
  core::OcspVerdict judge(const std::vector<X509 *> &chain, const core::OcspPolicy &policy,
                          std::vector<std::string> &lines);

 private:
  struct Question;

  [[nodiscard]] core::OcspVerdict judge_chain(const std::vector<X509 *> &chain,
                                              const core::OcspPolicy &policy,
                                              std::vector<std::string> &lines) const;
  [[nodiscard]] core::OcspOutcome ask_responders(const Question &question,
                                                 std::vector<std::string> &lines) const;
  [[nodiscard]] core::Result<OcspAnswer> ask(const Question &question,
                                             const std::string &url) const;

  core::OcspFetcher &fetcher_;
  std::string agent_;
  Time end_ = Time::max();
  std::string known_good_ = {};  ///< The DER of the chain that was accepted last.
};

/// Lets the verification of `ssl` ask by `ocsp`, which must outlive it. A connection without one
/// admits nobody where OCSP is demanded.
void use_client_ocsp(SSL *ssl, ClientOcsp &ocsp);

/// What was set by use_client_ocsp(), or null.
[[nodiscard]] ClientOcsp *client_ocsp_of(const SSL *ssl);

}  // namespace mod_tls::ossl
