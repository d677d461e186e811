// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <sys/stat.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/server_policy.h"
#include "glue/proftpd.h"
#include "ossl/handles.h"
#include "ossl/heap.h"
#include "ossl/kept_text.h"
#include "ossl/ocsp_stapler.h"
#include "ossl/pass_phrases.h"

namespace mod_tls::glue {

/// What tells one version of a file from another.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = -1;  ///< -1: the file cannot be looked at.
  timespec modified = {};

  friend bool operator==(const FileStamp &a, const FileStamp &b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size &&
           a.modified.tv_sec == b.modified.tv_sec && a.modified.tv_nsec == b.modified.tv_nsec;
  }
};

/// What other servers are verified with (ossl/trust_text.h); empty if they are not.
using TrustText = std::shared_ptr<const ossl::KeptText>;

/// ServerContext is a policy made ready to serve: built once, then only read. Servers with equal
/// policies share one; sessions inherit it.
struct ServerContext {
  core::ServerPolicy policy;
  std::unique_ptr<ossl::OcspStapler> stapler;  ///< For TLSStapling; `ctx` asks it.
  ossl::SslCtxPtr ctx;
  TrustText trust_text;
  std::vector<std::string> log_lines = {};  ///< What the log of each session begins with.
  bool external_cache = false;              ///< TLSSessionCache named a cache that could be opened.
  std::vector<FileStamp> stamps;  ///< Of ossl::watched_files(policy), when they were read.
};

using ServerContextPtr = std::shared_ptr<const ServerContext>;

/// Makes keys in tokens usable in this process, which may be a fork of the one that opened them.
/// Fails after the login: root's rights and folder may be gone by then.
core::Status reopen_token_keys(const ServerContext &context);

/// ContextStore holds the ready contexts of all servers with TLSEngine on.
class ContextStore {
 public:
  /// Builds what the configuration asks for. Contexts of the previous configuration are kept where
  /// policy and files are unchanged, and as the last good ones where the new files cannot be used.
  core::Status rebuild();

  /// Whether rebuild() found files that cannot be used. What it said of them may have gone where
  /// nobody reads: the host opens its log later.
  [[nodiscard]] bool keeps_old_files() const { return keeps_old_files_; }

  /// Looks again at the files of every context and replaces those that changed and still can be
  /// used; what cannot stays, and is logged. Whether there was something to replace.
  bool refresh();

  /// `context`, or, where its files have changed on disk since, a newly built one. If the new files
  /// cannot be used, the old context serves on; the reason is logged once for each state of the
  /// files, in this process and those forked from it afterwards.
  ServerContextPtr current(const ServerContextPtr &context);

  /// The context of a server; nullptr for TLSEngine off.
  [[nodiscard]] ServerContextPtr find(const server_rec *server) const;

  /// To be called before the configuration is read again; undoes settle_memory().
  void stir_memory();
  /// To be called when the daemon is ready: leaves sessions little of its memory to make copies of.
  void settle_memory();

 private:
  /// `source` is asked for the pass phrases of keys that have not been opened before.
  core::Result<ServerContextPtr> obtain(const core::ServerPolicy &policy,
                                        ossl::PassPhraseSource *source);
  void refuse(const ServerContext &kept, std::vector<FileStamp> stamps, const core::Error &why);
  /// Of files that nothing names any more.
  void forget_pass_phrases() const;
  [[nodiscard]] TrustText system_trust() const;

  ossl::HeapPlug heap_plug_;
  std::map<unsigned int, ServerContextPtr> by_server_;  // key: server_rec::sid
  std::vector<ServerContextPtr> known_;                 // distinct policies, also the previous ones
  /// Stamps of files that could not be used, by the context that serves on instead.
  std::map<const ServerContext *, std::vector<FileStamp>> refused_;
  bool keeps_old_files_ = false;
};

/// `context` if it is good for `policy`, that of one session; else one built for it.
core::Result<ServerContextPtr> context_for(const ServerContextPtr &context,
                                           const core::ServerPolicy &policy);

}  // namespace mod_tls::glue
