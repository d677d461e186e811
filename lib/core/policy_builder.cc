// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/policy_builder.h"

#include <cstdint>
#include <optional>
#include <type_traits>

namespace mod_tls::core {

namespace {

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

/// The last one of a class counts, but what <Global> says never replaces what the server says.
void PolicyFolder::fold_cipher(const CipherEdit &edit, Origin origin) {
  const bool tls13 = edit.kind == CipherEdit::Class::tls13;
  std::optional<Origin> &current = tls13 ? tls13_origin_ : legacy_origin_;
  if (current == Origin::own && origin == Origin::global) return;
  current = origin;
  (tls13 ? policy_.ciphers.tls13 : policy_.ciphers.legacy) = edit.list;
}

/// A key belongs to the certificate above it. Pairs of <Global> count where the server has none.
void PolicyFolder::fold_pair(const PolicyEdit &edit) {
  if (pair_origin_ == Origin::own && edit.origin == Origin::global) return;
  pair_origin_ = edit.origin;
  auto &pairs = policy_.any_type;
  const auto &path = std::get<std::string>(edit.value);
  if (edit.directive == Directive::certificate_file) {
    pairs.push_back({path, {}});
  } else if (!pairs.empty() && pairs.back().key.empty()) {
    pairs.back().key = path;
  } else {
    pairs.push_back({{}, path});  // cross_check() refuses it
  }
}

void PolicyFolder::fold_first(Directive directive, const EditValue &value) {
  const auto take = [&](auto &field) {
    field = std::get<std::remove_reference_t<decltype(field)>>(value);
  };
  switch (directive) {
    case Directive::ca_certificate_file:
      return take(policy_.ca_file);
    case Directive::ca_certificate_path:
      return take(policy_.ca_path);
    case Directive::ca_revocation_file:
      return take(policy_.crl_file);
    case Directive::ca_revocation_path:
      return take(policy_.crl_path);
    case Directive::cache_secret_file:
      return take(policy_.cache_secret_file);
    case Directive::certificate_chain_file:
      return take(policy_.chain_file);
    case Directive::dsa_certificate_file:
      return take(policy_.dsa.certificate);
    case Directive::dsa_certificate_key_file:
      return take(policy_.dsa.key);
    case Directive::ec_certificate_file:
      return take(policy_.ec.certificate);
    case Directive::ec_certificate_key_file:
      return take(policy_.ec.key);
    case Directive::ecdh_curve:
      return take(policy_.ecdh_curve);
    case Directive::engine:
      return take(policy_.engine);
    case Directive::groups:
      return take(policy_.groups);
    case Directive::log:
      return take(policy_.log_file);
    case Directive::masquerade_address:
      return take(policy_.masquerade_address);
    case Directive::next_protocol:
      return take(policy_.alpn);
    case Directive::pass_phrase_provider:
      return take(policy_.pass_phrase_provider);
    case Directive::pkcs12_file:
      return take(policy_.pkcs12_file);
    case Directive::protocol:
      return take(policy_.protocols);
    case Directive::random_seed:
      return take(policy_.random_seed);
    case Directive::renegotiate:
      return take(policy_.renegotiate);
    case Directive::required:
      return take(policy_.required);
    case Directive::rsa_certificate_file:
      return take(policy_.rsa.certificate);
    case Directive::rsa_certificate_key_file:
      return take(policy_.rsa.key);
    case Directive::server_cipher_preference:
      return take(policy_.server_chooses_cipher);
    case Directive::server_info_file:
      return take(policy_.server_info_file);
    case Directive::session_cache:
      return take(policy_.session_cache);
    case Directive::session_ticket_keys:
      return take(policy_.ticket_keys);
    case Directive::session_tickets:
      return take(policy_.session_tickets);
    case Directive::stapling:
      policy_.stapling.wanted =
          std::get<bool>(value) ? StaplingPolicy::Switch::on : StaplingPolicy::Switch::off;
      return;
    case Directive::stapling_cache:
      return take(policy_.stapling.cache);
    case Directive::stapling_responder:
      return take(policy_.stapling.responder);
    case Directive::stapling_timeout:
      return take(policy_.stapling.timeout);
    case Directive::timeout_handshake:
      return take(policy_.handshake_timeout);
    case Directive::verify_client:
      return take(policy_.verify_client);
    case Directive::verify_depth:
      return take(policy_.verify_depth);
    case Directive::verify_order:
      return take(policy_.verify_order);
    case Directive::verify_server:
      return take(policy_.verify_server);
    case Directive::certificate_file:
    case Directive::certificate_key_file:
    case Directive::cipher_suite:
    case Directive::controls_acls:
    case Directive::dh_param_file:
    case Directive::options:
    case Directive::pre_shared_key:
    case Directive::stapling_options:
      return;  // these add up: fold(); or are the daemon's, not a server's
  }
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

}  // namespace

ServerPolicy build_policy(std::span<const PolicyEdit> edits) {
  PolicyFolder folder;
  for (const PolicyEdit &edit : edits) folder.fold(edit);
  return folder.take();
}

}  // namespace mod_tls::core
