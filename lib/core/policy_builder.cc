// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/policy_builder.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <type_traits>

namespace mod_tls::core {

namespace {

/// What a value sets in a policy.
struct Setter {
  Directive directive;
  void (*set)(ServerPolicy &policy, const EditValue &value);
};

template <auto Member>
void take(ServerPolicy &policy, const EditValue &value) {
  policy.*Member = std::get<std::remove_reference_t<decltype(policy.*Member)>>(value);
}

template <auto Part, auto Member>
void take(ServerPolicy &policy, const EditValue &value) {
  auto &part = policy.*Part;
  part.*Member = std::get<std::remove_reference_t<decltype(part.*Member)>>(value);
}

void switch_stapling(ServerPolicy &policy, const EditValue &value) {
  policy.stapling.wanted =
      std::get<bool>(value) ? StaplingPolicy::Switch::on : StaplingPolicy::Switch::off;
}

/// The directives of which the first record counts; those that add up are in fold(), and
/// TLSControlsACLs is in no policy.
constexpr Setter kSetters[] = {
    {Directive::ca_certificate_file, take<&ServerPolicy::ca_file>},
    {Directive::ca_certificate_path, take<&ServerPolicy::ca_path>},
    {Directive::ca_revocation_file, take<&ServerPolicy::crl_file>},
    {Directive::ca_revocation_path, take<&ServerPolicy::crl_path>},
    {Directive::cache_secret_file, take<&ServerPolicy::cache_secret_file>},
    {Directive::certificate_chain_file, take<&ServerPolicy::chain_file>},
    {Directive::crypto_device, take<&ServerPolicy::crypto_device>},
    {Directive::dsa_certificate_file, take<&ServerPolicy::dsa, &CredentialFiles::certificate>},
    {Directive::dsa_certificate_key_file, take<&ServerPolicy::dsa, &CredentialFiles::key>},
    {Directive::ec_certificate_file, take<&ServerPolicy::ec, &CredentialFiles::certificate>},
    {Directive::ec_certificate_key_file, take<&ServerPolicy::ec, &CredentialFiles::key>},
    {Directive::ecdh_curve, take<&ServerPolicy::ecdh_curve>},
    {Directive::engine, take<&ServerPolicy::engine>},
    {Directive::groups, take<&ServerPolicy::groups>},
    {Directive::log, take<&ServerPolicy::log_file>},
    {Directive::masquerade_address, take<&ServerPolicy::masquerade_address>},
    {Directive::next_protocol, take<&ServerPolicy::alpn>},
    {Directive::pass_phrase_provider, take<&ServerPolicy::pass_phrase_provider>},
    {Directive::pkcs12_file, take<&ServerPolicy::pkcs12_file>},
    {Directive::protocol, take<&ServerPolicy::protocols>},
    {Directive::random_seed, take<&ServerPolicy::random_seed>},
    {Directive::renegotiate, take<&ServerPolicy::renegotiate>},
    {Directive::required, take<&ServerPolicy::required>},
    {Directive::rsa_certificate_file, take<&ServerPolicy::rsa, &CredentialFiles::certificate>},
    {Directive::rsa_certificate_key_file, take<&ServerPolicy::rsa, &CredentialFiles::key>},
    {Directive::server_cipher_preference, take<&ServerPolicy::server_chooses_cipher>},
    {Directive::server_info_file, take<&ServerPolicy::server_info_file>},
    {Directive::session_cache, take<&ServerPolicy::session_cache>},
    {Directive::session_ticket_keys, take<&ServerPolicy::ticket_keys>},
    {Directive::session_tickets, take<&ServerPolicy::session_tickets>},
    {Directive::stapling_cache, take<&ServerPolicy::stapling, &StaplingPolicy::cache>},
    {Directive::stapling_responder, take<&ServerPolicy::stapling, &StaplingPolicy::responder>},
    {Directive::stapling_timeout, take<&ServerPolicy::stapling, &StaplingPolicy::timeout>},
    {Directive::timeout_handshake, take<&ServerPolicy::handshake_timeout>},
    {Directive::user_name, take<&ServerPolicy::user_name>},
    {Directive::verify_client, take<&ServerPolicy::verify_client>},
    {Directive::verify_depth, take<&ServerPolicy::verify_depth>},
    {Directive::verify_ocsp, take<&ServerPolicy::verify_ocsp>},
    {Directive::verify_order, take<&ServerPolicy::verify_order>},
    {Directive::verify_server, take<&ServerPolicy::verify_server>},
    {Directive::stapling, switch_stapling},
};

/// Takes the values of PolicyEdits over into a policy, and remembers what was set already.
class PolicyFolder {
 public:
  void fold(const PolicyEdit &edit);
  [[nodiscard]] ServerPolicy &&take() { return std::move(policy_); }

 private:
  void fold_first(Directive directive, const EditValue &value);
  void fold_cipher(const CipherEdit &edit, Origin origin);
  void fold_pair(const PolicyEdit &edit);
  bool is_first(Directive directive);

  ServerPolicy policy_;
  std::uint64_t seen_ = 0;  // a bit for each Directive
  std::optional<Origin> legacy_origin_;
  std::optional<Origin> tls13_origin_;
  std::optional<Origin> pair_origin_;
};

bool PolicyFolder::is_first(Directive directive) {
  const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(directive);
  const bool first = (seen_ & bit) == 0;
  seen_ |= bit;
  return first;
}

/// The last one of a class counts, but what <Global> says never replaces what the server says, and
/// neither of them what a section says.
void PolicyFolder::fold_cipher(const CipherEdit &edit, Origin origin) {
  const bool tls13 = edit.kind == CipherEdit::Class::tls13;
  std::optional<Origin> &current = tls13 ? tls13_origin_ : legacy_origin_;
  if (current == Origin::own && origin == Origin::global) return;
  if (current == Origin::section && origin != Origin::section) return;
  current = origin;
  (tls13 ? policy_.ciphers.tls13 : policy_.ciphers.legacy) = edit.list;
}

/// A key belongs to the certificate above it. Pairs of <Global> count where the server has none;
/// those of a section stand beside both, until their types are known.
void PolicyFolder::fold_pair(const PolicyEdit &edit) {
  if (pair_origin_ == Origin::own && edit.origin == Origin::global) return;
  const bool in_section = edit.origin == Origin::section;
  if (!in_section) pair_origin_ = edit.origin;
  auto &pairs = policy_.any_type;
  const auto &path = std::get<std::string>(edit.value);
  if (edit.directive == Directive::certificate_file) {
    pairs.push_back({.certificate = path, .of_section = in_section});
  } else if (!pairs.empty() && pairs.back().key.empty()) {
    pairs.back().key = path;
  } else {
    pairs.push_back({.key = path});  // cross_check() refuses it
  }
}

void PolicyFolder::fold_first(Directive directive, const EditValue &value) {
  const auto *setter = std::ranges::find(kSetters, directive, &Setter::directive);
  if (setter != std::end(kSetters)) setter->set(policy_, value);
}

void PolicyFolder::fold(const PolicyEdit &edit) {
  if (edit.directive == Directive::options) {
    policy_.options.add(std::get<OptionSet>(edit.value));
    return;
  }
  if (edit.directive == Directive::stapling_options) {
    policy_.stapling.options.add(std::get<StaplingOptions>(edit.value));
    return;
  }
  if (edit.directive == Directive::pre_shared_key) {
    policy_.pre_shared_keys.push_back(std::get<PskFile>(edit.value));
    return;
  }
  if (edit.directive == Directive::certificate_file ||
      edit.directive == Directive::certificate_key_file) {
    fold_pair(edit);
    return;
  }
  if (edit.directive == Directive::dh_param_file) {
    policy_.dh_files.push_back(std::get<std::string>(edit.value));
    return;
  }
  if (edit.directive == Directive::cipher_suite) {
    fold_cipher(std::get<CipherEdit>(edit.value), edit.origin);
    return;
  }
  if (is_first(edit.directive)) fold_first(edit.directive, edit.value);
}

bool is_section_pair(const PolicyEdit &edit) {
  return edit.origin == Origin::section && (edit.directive == Directive::certificate_file ||
                                            edit.directive == Directive::certificate_key_file);
}

}  // namespace

ServerPolicy build_policy(std::span<const PolicyEdit> edits) {
  PolicyFolder folder;
  std::vector<const PolicyEdit *> pairs;
  for (const PolicyEdit &edit : edits) {
    if (is_section_pair(edit)) {
      pairs.push_back(&edit);
    } else {
      folder.fold(edit);
    }
  }
  // mod_ifsession puts each record of a section in front of what is there: from last to first.
  std::reverse(pairs.begin(), pairs.end());
  for (const PolicyEdit *edit : pairs) folder.fold(*edit);
  return folder.take();
}

}  // namespace mod_tls::core
