// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/dh_groups.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "core/ascii.h"
#include "ossl/error_queue.h"
#include "ossl/pem_file.h"
#include "ossl/pem_objects.h"

namespace mod_tls::ossl {

namespace {

using core::Errc;
using core::Error;
using core::Result;
using Groups = std::vector<EvpPkeyPtr>;
using Notices = std::vector<std::string>;

constexpr int kSoundBits = 2048;
/// What servers of old used, and the most that their clients can take.
constexpr int kWeakBits = 1024;
/// A key below this strength would bring groups below 2048 bits with it.
constexpr int kStrengthOf2048 = 112;
/// The security level that admits a group of 1024 bits.
constexpr int kLevelOfWeakGroups = 1;

/// One block of a PEM file.
struct PemBlock {
  OpensslTextPtr name;
  OpensslTextPtr header;
  OpensslBytesPtr bytes;
  long size = 0;
};

bool next_block(BIO *bio, PemBlock &block) {
  char *name = nullptr;
  char *header = nullptr;
  unsigned char *bytes = nullptr;
  const bool found = PEM_read_bio(bio, &name, &header, &bytes, &block.size) == 1;
  block.name.reset(name);
  block.header.reset(header);
  block.bytes.reset(bytes);
  return found;
}

int key_type(std::string_view name) {
  if (name == PEM_STRING_DHPARAMS) return EVP_PKEY_DH;
  return name == PEM_STRING_DHXPARAMS ? EVP_PKEY_DHX : EVP_PKEY_NONE;
}

/// The parameters in a block; null if they are damaged, or no group at all.
EvpPkeyPtr decode(int type, const PemBlock &block) {
  const unsigned char *bytes = block.bytes.get();
  EvpPkeyPtr group{d2i_KeyParams(type, nullptr, &bytes, block.size)};
  if (!group) return {};
  const EvpPkeyCtxPtr checker{EVP_PKEY_CTX_new_from_pkey(nullptr, group.get(), nullptr)};
  if (!checker || EVP_PKEY_param_check_quick(checker.get()) != 1) return {};
  return group;
}

EvpPkeyPtr ffdhe2048() {
  const EvpPkeyCtxPtr generator{EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr)};
  char group[] = "ffdhe2048";
  const std::array<OSSL_PARAM, 2> params{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_end()};
  EVP_PKEY *key = nullptr;
  if (!generator || EVP_PKEY_paramgen_init(generator.get()) != 1 ||
      EVP_PKEY_CTX_set_params(generator.get(), params.data()) != 1 ||
      EVP_PKEY_paramgen(generator.get(), &key) != 1) {
    return {};
  }
  return EvpPkeyPtr{key};
}

bool use(SSL_CTX *ctx, EvpPkeyPtr group) {
  if (!group || SSL_CTX_set0_tmp_dh_pkey(ctx, group.get()) != 1) return false;
  (void)group.release();  // the context owns it now
  return true;
}

/// One notice for a file, however many groups it has: Debian's has nine of two sizes.
std::string too_weak(const std::string &path, const std::set<int> &sizes) {
  std::string shown;
  for (const int bits : sizes) shown += (shown.empty() ? "" : ", ") + std::to_string(bits);
  return "TLSDHParamFile " + core::quoted(path) + ": not using its groups of " + shown +
         " bits, which are too weak; make one with `openssl dhparam 2048`, or leave the directive "
         "out (for old clients that need it there is 'TLSOptions AllowWeakDH')";
}

/// The groups of all files that may be used; those that may not get a notice.
Result<Groups> usable_groups(const core::ServerPolicy &policy, Notices &notices) {
  const bool weak = policy.options.has(core::Option::allow_weak_dh);
  Groups usable;
  for (const std::string &path : policy.dh_files) {
    auto groups = load_dh_groups(path);
    if (!groups) {
      return Error{groups.error().code, "TLSDHParamFile: unable to use " + core::quoted(path) +
                                            ": " + groups.error().message};
    }
    std::set<int> weak_sizes;
    for (EvpPkeyPtr &group : *groups) {
      const int bits = EVP_PKEY_get_bits(group.get());
      if (bits >= kSoundBits || weak) {
        usable.push_back(std::move(group));
      } else {
        weak_sizes.insert(bits);
      }
    }
    if (!weak_sizes.empty()) notices.push_back(too_weak(path, weak_sizes));
  }
  return usable;
}

/// The smallest one of at least `wanted` bits, else the largest. `groups` is not empty.
EvpPkeyPtr best_of(Groups groups, int wanted) {
  const auto bits = [](const EvpPkeyPtr &group) { return EVP_PKEY_get_bits(group.get()); };
  std::ranges::stable_sort(groups, {}, bits);
  const auto fitting =
      std::ranges::find_if(groups, [&](const auto &g) { return bits(g) >= wanted; });
  return std::move(fitting == groups.end() ? groups.back() : *fitting);
}

void use_library_groups(SSL_CTX *ctx, int weakest_key) {
  if (weakest_key >= kStrengthOf2048) {
    SSL_CTX_set_dh_auto(ctx, 1);
  } else {
    use(ctx, ffdhe2048());
  }
}

/// The library's default level refuses what the admin asked for by name.
void admit(SSL_CTX *ctx, int bits, Notices &notices) {
  if (bits >= kSoundBits || SSL_CTX_get_security_level(ctx) <= kLevelOfWeakGroups) return;
  SSL_CTX_set_security_level(ctx, kLevelOfWeakGroups);
  notices.push_back("TLSOptions AllowWeakDH: for the group of " + std::to_string(bits) +
                    " bits, OpenSSL's security level is lowered to 1 for this server");
}

}  // namespace

Result<Groups> load_dh_groups(const std::string &path) {
  auto file = PemFile::read(path);
  if (!file) return std::move(file).error();
  const BioPtr bio = file->bio();
  clear_errors();
  Groups groups;
  for (PemBlock block; next_block(bio.get(), block);) {
    const int type = key_type(block.name.get());
    if (type == EVP_PKEY_NONE) continue;
    EvpPkeyPtr group = decode(type, block);
    if (!group) {
      return Error{Errc::unusable, "damaged DH parameters: " + to_line(take_errors())};
    }
    groups.push_back(std::move(group));
  }
  const auto errors = take_errors();
  if (!groups.empty() && is_end_of_pem(errors)) return groups;
  if (!groups.empty()) {
    return Error{Errc::unusable, "damaged after the first DH parameters: " + to_line(errors)};
  }
  return Error{Errc::unusable,
               "file contained no DH parameters (make some with `openssl dhparam 2048`)"};
}

Result<Notices> set_dh(SSL_CTX *ctx, const core::ServerPolicy &policy, int weakest_key) {
  Notices notices;
  auto groups = usable_groups(policy, notices);
  if (!groups) return std::move(groups).error();
  if (groups->empty()) {
    use_library_groups(ctx, weakest_key);
    return notices;
  }
  const bool weak = policy.options.has(core::Option::allow_weak_dh);
  EvpPkeyPtr group = best_of(std::move(*groups), weak ? kWeakBits : kSoundBits);
  const int bits = EVP_PKEY_get_bits(group.get());
  admit(ctx, bits, notices);
  clear_errors();
  if (use(ctx, std::move(group))) return notices;
  return Error{Errc::unusable, "TLSDHParamFile: unable to use its group of " +
                                   std::to_string(bits) + " bits: " + to_line(take_errors())};
}

}  // namespace mod_tls::ossl
