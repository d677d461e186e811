// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <string>
#include <vector>

#include "abi/ocsp_cache_client.h"
#include "cache/staple_board.h"
#include "core/stapling_policy.h"
#include "ossl/issuers.h"
#include "ossl/ocsp_message.h"

namespace mod_tls::glue {

/// StapleJob keeps the response for one certificate fresh. It lives in the refresher process.
class StapleJob {
 public:
  StapleJob(std::string server, core::StaplingPolicy policy, ossl::IssuedCertificate subject,
            const core::Fingerprint &print, std::vector<std::string> urls);

  /// Pins up what the cache has, if it still can be used.
  void recall(abi::OcspCacheClient &cache, cache::StapleBoard &board, core::UnixTime now);
  /// Asks the responders, and pins up and keeps the answer. Failures are logged once.
  void refresh(abi::OcspCacheClient &cache, cache::StapleBoard &board);

  /// When refresh() is due.
  [[nodiscard]] core::UnixTime due() const { return due_; }
  [[nodiscard]] const core::Fingerprint &print() const { return print_; }

 private:
  struct Obtained;

  void ask_and_keep(abi::OcspCacheClient &cache, cache::StapleBoard &board);
  [[nodiscard]] core::Result<Obtained> ask(const std::string &url) const;
  [[nodiscard]] core::Result<Obtained> ask_all() const;
  /// Pins a response up; an error if there is no place for it.
  core::Status use(const Obtained &obtained, cache::StapleBoard &board);
  void note_status(const ossl::OcspAnswer &answer);
  void failed(const core::Error &error);
  /// For `ftpdctl tls info`.
  void tell_daemon(cache::StapleBoard &board);
  [[nodiscard]] bool option(core::StaplingOption option) const;

  std::string server_;
  core::StaplingPolicy policy_;
  ossl::IssuedCertificate subject_;
  core::Fingerprint print_;
  std::vector<std::string> urls_;
  core::UnixTime due_ = 0;
  core::StapleNote note_;
  unsigned failures_ = 0;
  ossl::CertificateStatus status_ = ossl::CertificateStatus::good;
};

}  // namespace mod_tls::glue
