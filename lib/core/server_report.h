// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/staple_note.h"

namespace mod_tls::core {

/// A line "name: value" of a report.
struct ReportField {
  std::string name;
  std::string value;
};

/// An OCSP response that is stapled, by its age and how long it still may be, in seconds.
struct StapleReport {
  std::int64_t age = 0;
  std::int64_t left = 0;  ///< Negative or 0 once it is served no more.
};

/// Why there is no response to staple, or will soon be none, and what is done about it.
struct StapleProspect {
  enum class Obstacle : std::uint8_t { none, no_responder, no_issuer, not_asked, unanswered };

  Obstacle obstacle = Obstacle::none;
  std::int64_t unanswered_for = 0;            ///< Seconds; for Obstacle::unanswered.
  std::string failure = {};                   ///< For the same: the last one.
  std::optional<std::int64_t> asked_in = {};  ///< Seconds; negative where it is due.
  std::string verdict = {};                   ///< "revoked (keyCompromise)"; empty for good.
};

/// What is noted about a certificate whose issuer and responder are known.
[[nodiscard]] StapleProspect prospect_of(const std::optional<StapleNote> &note, UnixTime now);
/// The obstacle, and when the responder is asked again, in words; empty if there is none.
[[nodiscard]] std::string prospect_text(const StapleProspect &prospect);

/// What `ftpdctl tls info` says of a certificate in use.
struct CertificateReport {
  std::string type;            ///< "RSA", "EC", "ED25519".
  std::string subject;         ///< RFC 2253.
  std::string not_after;       ///< "2027-01-31 12:00:00 UTC".
  std::int64_t days_left = 0;  ///< Whole days; negative once it has expired.
  std::optional<StapleReport> staple = {};
  StapleProspect prospect = {};
};

/// What it says of a session ticket key, in seconds; nothing that is in it.
struct TicketKeyReport {
  std::int64_t age = 0;   ///< Since it began to seal; negative where it is the next one's turn.
  std::int64_t left = 0;  ///< Until it opens no more.
  bool seals = false;
};

/// What it says of one server.
struct ServerReport {
  std::string name;
  std::string address;  ///< "192.0.2.1:21".
  bool engine = false;
  bool stapling = false;            ///< Whether clients that ask for OCSP responses are given some.
  std::vector<ReportField> policy;  ///< What describe() says, line by line.
  std::vector<CertificateReport> certificates;
};

/// What it says of a cache.
struct CacheReport {
  std::string directive;  ///< "TLSSessionCache".
  std::string provider;   ///< "shm"; empty where nothing is configured.
  std::vector<ReportField> status;
};

/// How a cache has fared, as far as its status tells.
struct CacheCounters {
  std::optional<std::int64_t> hits = {};
  std::optional<std::int64_t> misses = {};
  std::optional<std::int64_t> errors = {};
};

/// Everything of `ftpdctl tls info`.
struct InfoReport {
  std::string version;  ///< "mod_tls/3.0.0".
  std::string library;  ///< "OpenSSL 3.0.22 25 Aug 2026".
  std::vector<ServerReport> servers;
  std::vector<TicketKeyReport> ticket_keys;
  std::vector<CacheReport> caches;
};

/// "name value" lines, as describe() gives them, apart.
[[nodiscard]] std::vector<ReportField> fields_of_policy(const std::string &description);
/// A line "name: value"; without a colon the value is empty.
[[nodiscard]] ReportField field_of_status(const std::string &line);

/// The counters in the status of any provider.
[[nodiscard]] CacheCounters counters_in(const std::vector<ReportField> &status);

/// The report as lines for people.
[[nodiscard]] std::vector<std::string> to_lines(const InfoReport &report);

}  // namespace mod_tls::core
