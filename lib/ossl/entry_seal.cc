// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/entry_seal.h"

#include <openssl/rand.h>

#include <algorithm>
#include <climits>
#include <string_view>

#include "ossl/error_queue.h"
#include "ossl/hkdf.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;
using Bytes = std::vector<unsigned char>;
using View = std::span<const unsigned char>;

constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;
constexpr std::size_t kHead = 16;
static_assert(kSealBytes == kHead + kNonce + kTag);
constexpr unsigned char kMagic[] = {'m', 't', 'l', 's', 1};

using Head = std::array<unsigned char, kHead>;

Error library_error(const char *what) {
  return {Errc::crypto, what, to_line(take_errors())};
}

Error not_ours(const char *why) {
  return {Errc::unusable, std::string("cache entry refused: ") + why};
}

Head head_of(EntryKind kind, std::time_t expires) {
  Head head{};
  std::ranges::copy(kMagic, head.begin());
  head[5] = static_cast<unsigned char>(kind);
  auto rest = static_cast<std::uint64_t>(expires);
  for (std::size_t i = kHead; i-- > 8; rest >>= 8) head[i] = static_cast<unsigned char>(rest);
  return head;
}

std::time_t expiry_in(View head) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i < kHead; i++) value = (value << 8) | head[i];
  return static_cast<std::time_t>(value);
}

int length(View bytes) {
  return static_cast<int>(bytes.size());
}

bool begin(EVP_CIPHER_CTX *ctx, const EntryKey &key, View nonce, View head, View name, int seal) {
  int n = 0;
  return EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), key.bytes().data(), nonce.data(), seal,
                            nullptr) == 1 &&
         EVP_CipherUpdate(ctx, nullptr, &n, head.data(), length(head)) == 1 &&
         EVP_CipherUpdate(ctx, nullptr, &n, name.data(), length(name)) == 1;
}

std::string_view purpose_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::session:
      return "mod_tls cache entry 1";
    case EntryKind::ocsp_response:
      return "mod_tls cache response 1";
  }
  return {};
}

}  // namespace

EntryKey::~EntryKey() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

Result<EntryKey> random_entry_key() {
  EntryKey key;
  clear_errors();
  if (RAND_priv_bytes(key.bytes().data(), static_cast<int>(EntryKey::kSize)) != 1) {
    return library_error("no random bytes for the key of cache entries");
  }
  return key;
}

Result<EntryKey> derive_entry_key(View secret, EntryKind kind) {
  clear_errors();
  EntryKey key;
  const std::string_view purpose = purpose_of(kind);
  if (!hkdf_sha256(std::as_bytes(secret), std::as_bytes(std::span{purpose}),
                   std::as_writable_bytes(key.bytes()))) {
    return library_error("unable to derive the key of cache entries");
  }
  return key;
}

Result<Bytes> seal_entry(const EntryKey &key, const EntryName &name, std::time_t expires,
                         View text) {
  if (text.size() > INT_MAX / 2) return not_ours("it is too large");
  Bytes entry(kSealBytes + text.size());
  const Head head = head_of(name.kind, expires);
  std::ranges::copy(head, entry.begin());
  const std::span<unsigned char> nonce{entry.data() + kHead, kNonce};
  unsigned char *out = entry.data() + kHead + kNonce;
  clear_errors();
  const EvpCipherCtxPtr ctx{EVP_CIPHER_CTX_new()};
  int n = 0;
  if (!ctx || RAND_bytes(nonce.data(), static_cast<int>(kNonce)) != 1 ||
      !begin(ctx.get(), key, nonce, head, name.name, 1) ||
      EVP_CipherUpdate(ctx.get(), out, &n, text.data(), length(text)) != 1 ||
      EVP_CipherFinal_ex(ctx.get(), out + n, &n) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_GET_TAG, kTag, out + text.size()) != 1) {
    return library_error("unable to seal a cache entry");
  }
  return entry;
}

Result<Bytes> open_entry(const EntryKey &key, const EntryName &name, std::time_t now, View entry) {
  if (entry.size() < kSealBytes || entry.size() > INT_MAX / 2)
    return not_ours("its length is wrong");
  const View head = entry.first(kHead);
  if (!std::ranges::equal(head, head_of(name.kind, expiry_in(head)))) {
    return not_ours("it has another format");
  }
  const View sealed = entry.subspan(kHead + kNonce, entry.size() - kSealBytes);
  std::array<unsigned char, kTag> tag{};
  std::ranges::copy(entry.last(kTag), tag.begin());
  clear_errors();
  const EvpCipherCtxPtr ctx{EVP_CIPHER_CTX_new()};
  if (!ctx) return library_error("unable to open a cache entry");
  Bytes text(sealed.size() + 1);  // never empty: there is an address to write to
  int n = 0;
  const bool genuine =
      begin(ctx.get(), key, entry.subspan(kHead, kNonce), head, name.name, 0) &&
      EVP_CipherUpdate(ctx.get(), text.data(), &n, sealed.data(), length(sealed)) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_CipherFinal_ex(ctx.get(), text.data() + n, &n) == 1;
  if (!genuine) {
    OPENSSL_cleanse(text.data(), text.size());
    clear_errors();
    return not_ours("it was not sealed with our key under this name, or was changed");
  }
  text.resize(sealed.size());
  if (expiry_in(head) <= now) {
    OPENSSL_cleanse(text.data(), text.size());
    return not_ours("it has expired");
  }
  return text;
}

}  // namespace mod_tls::ossl
