// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>

#include "core/rekey_schedule.h"
#include "ossl/record_stream.h"

namespace mod_tls::glue {

/// Whose keys are renewed.
enum class RekeyChannel { control, download, upload };

/// Rekeying carries out TLSRenegotiate on one connection.
class Rekeying {
 public:
  /// Watches `stream`, whose handshake is done, from now on; it must outlive the Rekeying.
  Rekeying(ossl::RecordStream &stream, RekeyChannel channel, const core::RenegotiatePolicy &policy,
           core::ClientRenegotiation rule);

  void moved(std::uint64_t bytes) { schedule_.moved(bytes); }
  /// Asks for new keys if they are due and `may_ask`, and notices that they have come. False if
  /// the connection must end because they have not (logged).
  bool step(bool may_ask = true);
  /// Whether the client still has to do something about a renegotiation.
  [[nodiscard]] bool renegotiating() const;

 private:
  void ask();
  void log_renewed() const;
  void tell_refusal() const;

  ossl::RecordStream &stream_;
  RekeyChannel channel_;
  core::RenegotiatePolicy policy_;
  core::RekeyMethod method_;
  core::RekeySchedule schedule_;
  bool asked_ = false;
};

}  // namespace mod_tls::glue
