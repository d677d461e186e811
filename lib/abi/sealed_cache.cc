// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "abi/sealed_cache.h"

#include <openssl/crypto.h>

namespace mod_tls::abi {

using cache::ByteView;
using cache::Outcome;
using ossl::EntryKind;
using ossl::EntryName;

Outcome SealedCache::put(const EntryName &name, std::vector<unsigned char> text,
                         std::time_t expires, std::time_t now) {
  if (text.empty()) return Outcome::unavailable;
  const auto entry = ossl::seal_entry(key_, name, expires, text);
  OPENSSL_cleanse(text.data(), text.size());
  return entry ? cache_.put(name.name, *entry, expires, now) : Outcome::unavailable;
}

SealedCache::Text SealedCache::get(const EntryName &name, std::time_t now) {
  const cache::Found found = cache_.get(name.name, now);
  if (found.outcome != Outcome::done) return {found.outcome};
  auto text = ossl::open_entry(key_, name, now, found.bytes);
  if (text) return {Outcome::done, std::move(*text)};
  cache_.reject(name.name);
  return {};
}

Outcome SealedCache::add(ByteView id, const SSL_SESSION *session, std::time_t expires,
                         std::time_t now) {
  return put({EntryKind::session, id}, ossl::encode_session(session), expires, now);
}

SealedCache::FoundSession SealedCache::get_session(ByteView id, std::time_t now) {
  Text text = get({EntryKind::session, id}, now);
  if (text.outcome != Outcome::done) return {text.outcome};
  ossl::SslSessionPtr session = ossl::decode_session(text.bytes);
  OPENSSL_cleanse(text.bytes.data(), text.bytes.size());
  if (session) return {Outcome::done, std::move(session)};
  cache_.reject(id);
  return {};
}

std::vector<core::ListedSession> SealedCache::list_sessions(std::size_t limit, std::time_t now) {
  std::vector<core::ListedSession> listed;
  for (const cache::Bytes &name : cache_.names(limit)) {
    const cache::Found found = cache_.look(name, now);
    if (found.outcome != Outcome::done) continue;
    auto text = ossl::open_entry(key_, {EntryKind::session, name}, now, found.bytes);
    if (!text) continue;
    if (const auto session = ossl::decode_session(*text)) {
      listed.push_back(ossl::summary_of(session.get()));
    }
    OPENSSL_cleanse(text->data(), text->size());
  }
  return listed;
}

Outcome SealedCache::add(ByteView fingerprint, const OCSP_RESPONSE *response, std::time_t obtained,
                         std::time_t now) {
  return put({EntryKind::ocsp_response, fingerprint}, ossl::encode_response(response, obtained),
             now + kResponseLifetime, now);
}

SealedCache::FoundResponse SealedCache::get_response(ByteView fingerprint, std::time_t now) {
  const Text text = get({EntryKind::ocsp_response, fingerprint}, now);
  if (text.outcome != Outcome::done) return {text.outcome};
  ossl::DatedResponse dated = ossl::decode_response(text.bytes);
  if (dated.response) return {Outcome::done, std::move(dated)};
  cache_.reject(fingerprint);
  return {};
}

}  // namespace mod_tls::abi
