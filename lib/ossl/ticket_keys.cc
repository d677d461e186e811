// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/ascii.h"
#include "ossl/error_queue.h"
#include "ossl/hkdf.h"
#include "ossl/pem_file.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::TicketKey;
using core::TicketTime;

/// Name, cipher key and MAC key of a ticket key, one behind the other.
using Material = std::array<std::byte, 16 + 32 + 32>;

core::TicketTime now_seconds() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Error crypto_error(const char *what) {
  return {Errc::crypto, what, to_line(take_errors())};
}

TicketKey key_from(Material &material, TicketTime seals_from, std::chrono::seconds age) {
  const std::span<std::byte, 80> bytes{material};
  TicketKey key{.cipher = core::SecretArray<32>{bytes.subspan<16, 32>()},
                .mac = core::SecretArray<32>{bytes.subspan<48, 32>()},
                .seals_from = seals_from,
                .opens_until = seals_from + age};
  std::copy_n(material.begin(), key.name.size(), key.name.begin());
  core::wipe(material);
  return key;
}

/// The key that follows from the secret and the beginning of the key's time.
bool derive(std::span<const std::byte> secret, TicketTime slot, Material &material) {
  std::array<unsigned char, 32> info{"mod_tls session ticket"};
  auto number = static_cast<std::uint64_t>(slot.time_since_epoch().count());
  for (auto byte = info.rbegin(); byte != info.rbegin() + 8; ++byte, number >>= 8U) {
    *byte = static_cast<unsigned char>(number & 0xffU);
  }
  return hkdf_sha256(secret, std::as_bytes(std::span{info}), material);
}

const unsigned char *raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char *>(bytes.data());
}

bool start_mac(EVP_MAC_CTX *mac, const TicketKey &key) {
  std::array<char, 7> digest{"SHA256"};
  const auto bytes = key.mac.bytes();
  const std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<std::byte *>(bytes.data()),
                                        bytes.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

/// Whether everybody may read the file, or more than its owner may change it.
core::Status check_mode(const std::string &path) {
  struct stat st {};
  if (::stat(path.c_str(), &st) == 0 && (st.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return Error{Errc::unusable, "unable to use " + core::quoted(path) +
                                     ": others may read or change it (chmod 0600 it)"};
  }
  return core::success();
}

core::Result<PemFile> read_secret(const std::string &path) {
  if (auto status = check_mode(path); !status) return std::move(status).error();
  auto file = PemFile::read(path);
  if (!file) {
    return Error{file.error().code,
                 "unable to use " + core::quoted(path) + ": " + file.error().message};
  }
  if (file->bytes().size() < kLeastTicketSecret) {
    return Error{Errc::unusable,
                 "unable to use " + core::quoted(path) +
                     ": holds less than 32 bytes (make it with 'openssl rand -out " +
                     core::printable(path) + " 64')"};
  }
  return file;
}

int context_slot() {
  static const int kSlot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

}  // namespace

struct TicketKeys::Hooks {
  /// 1: done; 2: done, and the ticket is to be renewed; 0: a key is missing, which means no ticket
  /// or a full handshake; -1 is never returned, it would end the connection.
  static int on_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                    EVP_MAC_CTX *mac, int sealing) noexcept {
    auto *keys =
        static_cast<TicketKeys *>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_slot()));
    if (keys == nullptr) return 0;
    return sealing != 0 ? keys->seal(name, iv, cipher, mac) : keys->open(name, iv, cipher, mac);
  }
};

core::Status check_ticket_secret(const std::string &path) {
  const auto file = read_secret(path);
  if (!file) return file.error();
  return core::success();
}

TicketKeys::TicketKeys() : cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr)) {}

core::Status TicketKeys::configure(const core::TicketKeyPolicy &policy, TicketTime now) {
  Bytes secret{&memory_};
  if (!policy.secret_file.empty()) {
    auto file = read_secret(policy.secret_file);
    if (!file) return std::move(file).error();
    const auto bytes = std::as_bytes(file->bytes());
    secret.assign(bytes.begin(), bytes.end());
  }
  if (secret != secret_) ring_.retire();
  policy_ = policy;
  secret_.swap(secret);
  return rotate(now);
}

core::Status TicketKeys::rotate(TicketTime now) {
  ring_.expire(now);
  return secret_.empty() ? add_random(now) : add_derived(now);
}

core::Status TicketKeys::add_random(TicketTime now) {
  if (!ring_.rotation_due(now, interval())) return core::success();
  Material material{};
  clear_errors();
  if (RAND_priv_bytes(reinterpret_cast<unsigned char *>(material.data()), material.size()) != 1) {
    return crypto_error("no random bytes for a session ticket key");
  }
  ring_.add(key_from(material, now, policy_.age), policy_.count);
  return core::success();
}

core::Status TicketKeys::add_derived(TicketTime now) {
  auto slots = core::slots_to_hold(policy_, now);
  // The least important first: those that come later push out the oldest.
  std::reverse(slots.begin(), slots.end());
  for (const auto slot : slots) {
    Material material{};
    clear_errors();
    if (!derive(secret_, slot, material)) {
      return crypto_error("unable to derive a session ticket key");
    }
    ring_.add(key_from(material, slot, policy_.age), policy_.count);
  }
  return core::success();
}

std::vector<core::TicketKeyReport> TicketKeys::report(TicketTime now) const {
  std::vector<core::TicketKeyReport> keys;
  const TicketKey *sealing = ring_.sealing(now);
  for (const TicketKey &key : ring_.keys()) {
    // A key that was retired has forgotten when it began; it opens for the age of its policy.
    const bool retired = key.seals_from == TicketTime::min();
    const auto began = retired ? key.opens_until - policy_.age : key.seals_from;
    keys.push_back({.age = (now - began).count(),
                    .left = (key.opens_until - now).count(),
                    .seals = &key == sealing});
  }
  return keys;
}

bool TicketKeys::lock_memory() {
  const auto keys = ring_.keys();
  return lock_pages(keys.data(), keys.size_bytes()) && lock_pages(secret_.data(), secret_.size());
}

void TicketKeys::enter_session() {
  in_session_ = true;
  Bytes(&memory_).swap(secret_);
  (void)lock_memory();
}

void TicketKeys::forget() {
  ring_.clear();
  Bytes(&memory_).swap(secret_);
}

void TicketKeys::apply_to(SSL_CTX *ctx) {
  SSL_CTX_set_ex_data(ctx, context_slot(), this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, Hooks::on_key);
}

int TicketKeys::seal(unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac) {
  const TicketTime now = now_seconds();
  if (in_session_) ring_.pin_sealing(now);
  const TicketKey *key = ring_.sealing(now);
  if (key == nullptr || RAND_bytes(iv, EVP_CIPHER_get_iv_length(cipher_.get())) != 1) return 0;
  std::copy_n(raw(key->name), key->name.size(), name);
  const bool ready =
      EVP_EncryptInit_ex2(cipher, cipher_.get(), raw(key->cipher.bytes()), iv, nullptr) == 1 &&
      start_mac(mac, *key);
  return ready ? 1 : 0;
}

int TicketKeys::open(const unsigned char *name, const unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac) {
  const TicketTime now = now_seconds();
  const auto wanted = std::as_bytes(std::span{name, core::TicketKeyName{}.size()});
  const TicketKey *key = ring_.find(wanted, now);
  if (key == nullptr) return 0;
  const bool ready =
      EVP_DecryptInit_ex2(cipher, cipher_.get(), raw(key->cipher.bytes()), iv, nullptr) == 1 &&
      start_mac(mac, *key);
  if (!ready) return 0;
  return key == ring_.sealing(now) ? 1 : 2;
}

}  // namespace mod_tls::ossl
