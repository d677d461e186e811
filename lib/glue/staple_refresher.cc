// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/staple_refresher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <span>
#include <utility>

#include "glue/callback_guard.h"
#include "glue/daemon_account.h"
#include "glue/log.h"
#include "glue/module_state.h"
#include "glue/privileges.h"
#include "glue/proftpd.h"
#include "net/confinement.h"

namespace mod_tls::glue {

namespace {

/// At least this often the process looks whether the daemon is still its parent.
constexpr core::UnixTime kLongestNap = 60;
/// Descriptors below are the host's to use.
constexpr int kFirstFree = 3;

int above_standard(int fd) {
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFree);
  ::close(fd);
  return moved;
}

/// The daemon's handlers and mask are not for this process.
void reset_signals() {
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD,
                           SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    static_cast<void>(std::signal(number, SIG_DFL));
  }
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Ticket keys, private keys, pass phrases, and what opens cached sessions. The contexts go with
/// their keys: the certificates that are needed here are held by the jobs.
void forget_secrets() {
  is_master = 0;  // caches keep what the daemon itself needs for its next restart
  ModuleState &state = module_state();
  state.session_caching.close();
  state.ticket_keys.forget();
  state.pass_phrases.wipe();
  state.contexts = ContextStore{};
}

/// The server's User and Group, as the daemon has them between its calls of PRIVS_ROOT: a timer may
/// come while it has root's rights.
net::Account own_account() {
  const bool rooted = ::geteuid() == PR_ROOT_UID;
  net::Account account{.user = rooted ? daemon_user() : ::geteuid(),
                       .group = rooted ? daemon_group() : ::getegid()};
  if (daemon_gids == nullptr) return account;
  const std::span groups{static_cast<const gid_t *>(daemon_gids->elts),
                         static_cast<std::size_t>(daemon_gids->nelts)};
  account.groups.assign(groups.begin(), groups.end());
  return account;
}

/// False, with a log line, if root's rights could not be given up.
bool give_up_rights() {
  const net::Account account = own_account();
  core::Status become = core::success();
  {
    const RootPrivileges root;
    become = net::become(account);
    session.disable_id_switching = TRUE;  // the end of this scope has nothing to go back to
  }
  if (become) return true;
  log_syslog(PR_LOG_WARNING, "no process to fetch OCSP responses: " + become.error().message);
  return false;
}

/// Certificates that were renewed or taken out leave their places to those that are there now.
void take_down_others(const std::vector<StapleJob> &jobs, cache::StapleBoard &board) {
  std::vector<core::Fingerprint> prints;
  prints.reserve(jobs.size());
  for (const StapleJob &job : jobs) prints.push_back(job.print());
  board.keep_only(prints);
}

void run_due(std::vector<StapleJob> &jobs, abi::OcspCacheClient &cache, cache::StapleBoard &board) {
  for (StapleJob &job : jobs) {
    if (job.due() <= std::time(nullptr)) job.refresh(cache, board);
  }
}

/// Sleeps until something is due; false when the daemon has gone.
bool nap(const std::vector<StapleJob> &jobs, int watch, pid_t daemon) {
  const core::UnixTime next = std::ranges::min_element(jobs, {}, &StapleJob::due)->due();
  const core::UnixTime left = next - std::time(nullptr);
  const core::UnixTime seconds = std::clamp<core::UnixTime>(left, 1, kLongestNap);
  pollfd poll_fd{.fd = watch, .events = POLLIN, .revents = 0};
  const int ready = ::poll(&poll_fd, 1, static_cast<int>(seconds) * 1000);
  return ready <= 0 && ::getppid() == daemon;
}

int work(std::vector<StapleJob> &jobs, abi::OcspCacheClient &cache, cache::StapleBoard &board,
         int watch, pid_t daemon) {
  take_down_others(jobs, board);
  for (StapleJob &job : jobs) job.recall(cache, board, std::time(nullptr));
  do {
    run_due(jobs, cache, board);
  } while (nap(jobs, watch, daemon));
  return 0;
}

int be_refresher(std::vector<StapleJob> &jobs, abi::OcspCacheClient &cache,
                 cache::StapleBoard &board, int watch, pid_t daemon) {
  reset_signals();
  pr_proctitle_set("%s", "(fetching OCSP responses)");
  pr_ipbind_close_listeners();
  net::close_servers();
  forget_secrets();
  if (!give_up_rights()) return 1;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // which a change of ids takes back
  return ::getppid() == daemon ? work(jobs, cache, board, watch, daemon) : 0;
}

}  // namespace

void StapleRefresher::start(std::vector<StapleJob> jobs, abi::OcspCacheClient &cache,
                            cache::StapleBoard &board) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  const int watch = above_standard(ends[0]);
  lifeline_ = above_standard(ends[1]);
  const pid_t daemon = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(lifeline_);
    const int status = guarded(1, [&] { return be_refresher(jobs, cache, board, watch, daemon); });
    ::_exit(status);  // NOLINT(exit): a process of ours, in which the host has no part
  }
  ::close(watch);
  if (pid_ < 0) log_syslog(PR_LOG_WARNING, "no process to fetch OCSP responses: fork failed");
}

bool StapleRefresher::is_alive() const {
  if (lifeline_ < 0) return false;
  pollfd poll_fd{.fd = lifeline_, .events = 0, .revents = 0};
  return ::poll(&poll_fd, 1, 0) == 0;  // POLLERR: nobody watches the other end
}

void StapleRefresher::stop() {
  // While it watches the pipe it has not been reaped, and the number is its own.
  if (pid_ > 0 && is_alive()) ::kill(pid_, SIGTERM);
  pid_ = -1;
  leave();
}

void StapleRefresher::leave() {
  if (lifeline_ >= 0) ::close(lifeline_);
  lifeline_ = -1;
}

}  // namespace mod_tls::glue
