// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/provider_program.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "core/pass_phrase_text.h"
#include "net/pipe.h"

namespace mod_tls::glue {

namespace {

using Clock = std::chrono::steady_clock;
using net::Pipe;

constexpr std::chrono::seconds kTimeLimit{10};
constexpr std::chrono::milliseconds kGrace{500};
constexpr std::chrono::milliseconds kSlice{20};
constexpr std::size_t kLongestComplaint = 1000;

/// Ends a child that has not become the program; nothing of the host runs in it.
[[noreturn]] void give_up(int status) {
  ::_exit(status);  // NOLINT(exit): a child between fork and exec
}

/// The child's last steps; only what may be called between fork and exec.
[[noreturn]] void become_program(char *const *argv, int out, int err) {
  sigset_t none;
  ::sigemptyset(&none);
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGALRM}) {
    static_cast<void>(::signal(number, SIG_DFL));
  }
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setsid();
  const int null = ::open("/dev/null", O_RDWR);
  // Above 2 first: a descriptor may be one of those that are set here.
  const int high_out = ::fcntl(out, F_DUPFD, 3);
  const int high_err = ::fcntl(err, F_DUPFD, 3);
  ::dup2(null, 0);
  ::dup2(high_out, 1);
  ::dup2(high_err, 2);
  ::closefrom(3);
  if (::geteuid() == 0 && (::setgid(0) != 0 || ::setuid(0) != 0)) give_up(126);
  if (::chdir("/") != 0) give_up(126);
  char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::array<char *, 2> environment{path, nullptr};
  ::execve(argv[0], argv, environment.data());
  const char *reason = strerrordesc_np(errno);
  if (reason != nullptr && ::write(2, reason, std::strlen(reason)) < 0) give_up(126);
  give_up(127);
}

/// Takes what is there; false at the end. What no longer fits is read and dropped.
bool drain_secret(int fd, ossl::PassPhrase &phrase, bool &fitting) {
  std::array<char, 256> buffer{};
  const ssize_t n = ::read(fd, buffer.data(), buffer.size());
  for (ssize_t i = 0; i < n; i++)
    fitting = phrase.append(buffer[static_cast<std::size_t>(i)]) && fitting;
  OPENSSL_cleanse(buffer.data(), buffer.size());
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

bool drain_text(int fd, std::string &text) {
  std::array<char, 256> buffer{};
  const ssize_t n = ::read(fd, buffer.data(), buffer.size());
  if (n > 0 && text.size() < kLongestComplaint)
    text.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/// Whether the child has ended; then `status` is as waitpid(2) has it.
bool has_ended(pid_t child, int &status) {
  const pid_t found = ::waitpid(child, &status, WNOHANG);
  if (found < 0 && errno != EINTR) status = 255 << 8;  // somebody else has taken the status
  return found == child || (found < 0 && errno != EINTR);
}

/// For its lifetime, the host does not hear of children that end: it would take their status.
class ChildrenUnheard {
 public:
  ChildrenUnheard() {
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &children, &before_);
  }
  ChildrenUnheard(const ChildrenUnheard &) = delete;
  ChildrenUnheard &operator=(const ChildrenUnheard &) = delete;
  ~ChildrenUnheard() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// SIGTERM, and SIGKILL if that does not help, to the child and its own children.
void end(pid_t child) {
  int status = 0;
  ::kill(-child, SIGTERM);
  const auto deadline = Clock::now() + kGrace;
  while (Clock::now() < deadline) {
    if (has_ended(child, status)) return;
    ::poll(nullptr, 0, static_cast<int>(kSlice.count()));
  }
  ::kill(-child, SIGKILL);
  ::waitpid(child, &status, 0);
}

/// The two streams of the child until it ends or its time is over.
class Listener {
 public:
  Listener(Pipe &out, Pipe &err) : out_(out), err_(err) {
    for (Pipe *pipe : {&out, &err}) {
      pipe->keep_reader();
      ::fcntl(pipe->reader(), F_SETFL, O_NONBLOCK);
    }
  }

  core::ProgramEnd listen(pid_t child) {
    int status = 0;
    const auto deadline = Clock::now() + kTimeLimit;
    while (Clock::now() < deadline) {
      wait_and_read();
      if (!has_ended(child, status)) continue;
      read_what_is_left();
      phrase.trim_end_of_line();
      return {.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
              .status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
              .fitting = fitting_,
              .length = phrase.size()};
    }
    end(child);
    return {.in_time = false};
  }

  ossl::PassPhrase phrase;
  std::string complaint;

 private:
  void wait_and_read() {
    std::array<pollfd, 2> fds{
        {{out_open_ ? out_.reader() : -1, POLLIN, 0}, {err_open_ ? err_.reader() : -1, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), static_cast<int>(kSlice.count())) <= 0) return;
    if (fds[0].revents != 0) out_open_ = drain_secret(out_.reader(), phrase, fitting_);
    if (fds[1].revents != 0) err_open_ = drain_text(err_.reader(), complaint);
  }

  /// No more than a pipe holds, in case a child of the child goes on writing.
  void read_what_is_left() {
    constexpr int kReadsOfAFullPipe = 512;
    for (int i = 0; i < kReadsOfAFullPipe && (out_open_ || err_open_); i++) {
      pollfd any[] = {{out_open_ ? out_.reader() : -1, POLLIN, 0},
                      {err_open_ ? err_.reader() : -1, POLLIN, 0}};
      if (::poll(any, 2, 0) <= 0) return;
      wait_and_read();
    }
  }

  Pipe &out_;
  Pipe &err_;
  bool out_open_ = true;
  bool err_open_ = true;
  bool fitting_ = true;
};

core::Error failed(const std::string &program, int error) {
  return {core::Errc::io, "unable to run '" + program + "': " + core::errno_text(error)};
}

}  // namespace

core::Result<ossl::PassPhrase> run_provider(const std::string &program,
                                            const std::vector<std::string> &arguments,
                                            const std::function<void(std::string)> &on_stderr) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char *> argv;
  argv.reserve(words.size() + 1);
  for (std::string &word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  Pipe out;
  Pipe err;
  if (!out.ok() || !err.ok()) return failed(program, errno);
  const ChildrenUnheard unheard;
  const pid_t child = ::fork();
  if (child < 0) return failed(program, errno);
  if (child == 0) become_program(argv.data(), out.writer(), err.writer());
  Listener listener(out, err);
  const core::ProgramEnd end = listener.listen(child);
  if (!listener.complaint.empty()) on_stderr(std::move(listener.complaint));
  std::string fault = core::provider_fault(program, end);
  if (!fault.empty()) return core::Error{core::Errc::unusable, std::move(fault)};
  return std::move(listener.phrase);
}

}  // namespace mod_tls::glue
