// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mod_tls::core {

/// What is asked of a key-value server. `probe` only wants to know whether it answers.
enum class KeyValueVerb { set, get, remove, probe };

struct KeyValueRequest {
  KeyValueVerb verb = KeyValueVerb::probe;
  std::string_view key = {};  ///< Printable, without spaces, of 250 bytes at most.
  std::span<const unsigned char> value = {};
  std::int64_t expires = 0;  ///< Absolute, in seconds; 0 for never.
  std::int64_t now = 0;      ///< What `expires` is relative to.
};

/// How a request ended.
enum class KeyValueOutcome {
  done,
  missing,    ///< There is no such key.
  too_large,  ///< The server takes no values of that size.
  refused,    ///< It answers, and says that it will not; see the reason.
  denied,     ///< The same, because it does not take the password it was given.
  failed,     ///< There was no answer in time, or none that makes sense.
};

struct KeyValueReply {
  KeyValueOutcome outcome = KeyValueOutcome::failed;
  std::vector<unsigned char> value = {};  ///< Of `get`; hostile.
  std::string reason = {};                ///< For the log, if refused or failed.
};

/// What the bytes are that a server has sent so far.
struct ReplyScan {
  enum class State {
    partial,  ///< The beginning of a reply.
    whole,    ///< A reply, and nothing behind it.
    broken,   ///< Nothing that could become the reply to this request.
  };
  State state = State::partial;
  KeyValueReply reply = {};
};

/// The longest value that is read: a server that announces more is not believed.
inline constexpr std::size_t kLargestValue = std::size_t{1} << 20;

/// KeyValueProtocol is the language of a kind of server: requests out, replies in, one at a time.
class KeyValueProtocol {
 public:
  KeyValueProtocol() = default;
  KeyValueProtocol(const KeyValueProtocol &) = delete;
  KeyValueProtocol &operator=(const KeyValueProtocol &) = delete;
  virtual ~KeyValueProtocol() = default;

  /// What is said on a fresh connection; each is answered like a probe.
  struct Greeting {
    std::string request;
    bool must_succeed = false;        ///< A server that refuses it is not to be used.
    std::string password = {};        ///< For a login: what no log is to have.
    std::string_view directive = {};  ///< For a login: where admins write the password.
  };
  [[nodiscard]] virtual std::vector<Greeting> greeting() const { return {}; }
  [[nodiscard]] virtual std::string request(const KeyValueRequest &request) const = 0;
  [[nodiscard]] virtual ReplyScan scan(KeyValueVerb verb, std::string_view received) const = 0;
  /// Whether the reason of a refusal is that nobody has logged in.
  [[nodiscard]] virtual bool wants_login(std::string_view /*reason*/) const { return false; }
};

/// KeyValueClient speaks to one server: cache asks, net answers, glue joins them up.
class KeyValueClient {
 public:
  KeyValueClient() = default;
  KeyValueClient(const KeyValueClient &) = delete;
  KeyValueClient &operator=(const KeyValueClient &) = delete;
  virtual ~KeyValueClient() = default;

  /// As admins wrote it; decides with the key which server keeps an entry.
  [[nodiscard]] virtual const std::string &name() const = 0;
  /// Takes a bounded time in all, whatever the server does.
  virtual KeyValueReply ask(const KeyValueRequest &request) = 0;
  /// Ends connections; the next call opens one. A daemon must not leave any to its sessions.
  virtual void hang_up() = 0;

  enum class Probe { idle, pending, answered, failed };
  /// Begins to ask whether the server answers, without waiting for anything: pending or failed.
  virtual Probe begin_probe() = 0;
  /// What has become of it by now, without waiting. After answered and failed it is idle.
  virtual Probe probe() = 0;
};

}  // namespace mod_tls::core
