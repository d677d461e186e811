// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/message_trace.h"

#include <openssl/tls1.h>

#include <array>
#include <string>
#include <vector>

#include "core/handshake_text.h"
#include "ossl/error_queue.h"

namespace mod_tls::ossl {

namespace {

constexpr int kTraceExtensions = 6;
constexpr int kTraceAlpn = 9;
constexpr int kTraceStates = 17;
constexpr int kTraceRecords = 27;

int listener_slot() {
  static const int kSlot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kSlot;
}

const MessageListener *listener_of(const SSL *ssl) {
  return static_cast<const MessageListener *>(SSL_get_ex_data(ssl, listener_slot()));
}

/// One message as the library shows it.
struct Seen {
  bool sent;
  int version;
  int type;  ///< SSL3_RT_*
  core::Bytes bytes;
  SSL *ssl;

  [[nodiscard]] const char *direction() const { return sent ? "sent " : "received "; }
};

std::string version_name(int version) {
  constexpr const char *kNames[] = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  const int index = version - SSL3_VERSION;
  return index >= 0 && index < 5 ? kNames[index] : "(unknown version)";
}

std::string sized(const Seen &seen) {
  const std::size_t size = seen.bytes.size();
  return " (" + std::to_string(size) + (size == 1 ? " byte)" : " bytes)");
}

std::string start_of(const Seen &seen) {
  return seen.direction() + version_name(seen.version) + " ";
}

std::string cipher_name(SSL *ssl, std::uint16_t number) {
  const std::array<unsigned char, 2> bytes{static_cast<unsigned char>(number >> 8),
                                           static_cast<unsigned char>(number & 255)};
  const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, bytes.data());
  return cipher == nullptr ? "" : SSL_CIPHER_get_name(cipher);
}

std::string handshake_line(const Seen &seen) {
  if (seen.bytes.empty()) return {};
  const std::string_view name = core::handshake_name(seen.bytes[0]);
  if (name.empty()) {
    return start_of(seen) + "Handshake message, unknown type " + std::to_string(seen.bytes[0]) +
           sized(seen);
  }
  return start_of(seen) + "'" + std::string(name) + "' Handshake message" + sized(seen);
}

std::string alert_line(const Seen &seen) {
  if (seen.bytes.size() != 2) return {};
  const std::string_view name = core::alert_name(seen.bytes[1]);
  const std::string level = seen.bytes[0] == SSL3_AL_FATAL ? "fatal" : "warning";
  if (name.empty()) return start_of(seen) + level + " Alert message, unknown type" + sized(seen);
  return start_of(seen) + level + " '" + std::string(name) + "' Alert message" + sized(seen);
}

std::string header_line(const Seen &seen) {
  if (seen.bytes.size() != 5) return {};
  const int length = seen.bytes[3] << 8 | seen.bytes[4];
  return seen.direction() + std::string("protocol record message (content type = ") +
         std::to_string(seen.bytes[0]) + ", len = " + std::to_string(length) + ")";
}

std::string message_line(const Seen &seen) {
  switch (seen.type) {
    case SSL3_RT_HANDSHAKE:
      return handshake_line(seen);
    case SSL3_RT_CHANGE_CIPHER_SPEC:
      return start_of(seen) + "ChangeCipherSpec message" + sized(seen);
    case SSL3_RT_ALERT:
      return alert_line(seen);
    case SSL3_RT_HEADER:
      return header_line(seen);
    default:  // the inner type of a TLS 1.3 record, told by what is inside
      return {};
  }
}

core::HandshakeMessage as_message(const Seen &seen) {
  return {.bytes = seen.bytes, .tls13 = SSL_version(seen.ssl) >= TLS1_3_VERSION};
}

void diagnose(const MessageListener &listener, const Seen &seen) {
  if (!listener.diagnose) return;
  const std::string line = message_line(seen);
  if (line.empty()) return;
  listener.diagnose("[msg] " + line);
  if (seen.type != SSL3_RT_HANDSHAKE) return;
  const auto name = [&](std::uint16_t number) { return cipher_name(seen.ssl, number); };
  for (const std::string &content : core::describe_message(as_message(seen), name)) {
    listener.diagnose("[msg] " + content);
  }
}

void trace_extensions(const MessageListener &listener, const Seen &seen) {
  const bool from_client = (SSL_is_server(seen.ssl) != 0) != seen.sent;
  for (const core::Extension &extension : core::extensions_of(as_message(seen))) {
    listener.trace(kTraceExtensions, std::string("[tls.tlsext] TLS ") +
                                         (from_client ? "client" : "server") + " extension \"" +
                                         std::string(core::extension_name(extension.type)) +
                                         "\" (ID " + std::to_string(extension.type) + ", " +
                                         std::to_string(extension.body.size()) + " bytes)");
    if (extension.type != TLSEXT_TYPE_application_layer_protocol_negotiation) continue;
    listener.trace(kTraceAlpn, std::string(from_client ? "client offers" : "server selected") +
                                   " by ALPN: " + core::protocol_names(extension.body));
  }
}

void trace(const MessageListener &listener, const Seen &seen) {
  if (!listener.trace) return;
  const std::string line = message_line(seen);
  if (!line.empty()) listener.trace(kTraceRecords, line);
  if (seen.type == SSL3_RT_HANDSHAKE) trace_extensions(listener, seen);
}

std::string role_of(int where) {
  if ((where & SSL_ST_ACCEPT) != 0) return "accepting";
  if ((where & SSL_ST_CONNECT) != 0) return "connecting";
  return "(unknown)";
}

std::string state_line(const SSL *ssl, int where, int result) {
  const std::string state = SSL_state_string_long(ssl);
  if ((where & SSL_CB_ALERT) != 0) {
    return std::string((where & SSL_CB_READ) != 0 ? "reading" : "writing") + ": SSL/TLS alert " +
           SSL_alert_type_string_long(result) + ": " + SSL_alert_desc_string_long(result);
  }
  if ((where & SSL_CB_HANDSHAKE_START) != 0) {
    return "before: " + state + " (HANDSHAKE_START)";
  }
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) return "ok: " + state + " (HANDSHAKE_DONE)";
  if ((where & SSL_CB_LOOP) != 0) return role_of(where) + ": " + state;
  if ((where & SSL_CB_EXIT) != 0 && result == 0) return role_of(where) + ": failed in " + state;
  return {};
}

void on_state(const SSL *ssl, int where, int result) noexcept {
  const MessageListener *listener = listener_of(ssl);
  if (listener == nullptr) return;
  const std::string line = state_line(ssl, where, result);
  if (line.empty()) return;
  if (listener->diagnose) listener->diagnose("[info] " + line);
  if (listener->trace) listener->trace(kTraceStates, line);
}

}  // namespace

void hear_message(int sent, int version, int type, const void *data, std::size_t size, SSL *ssl,
                  void * /*unused*/) noexcept {
  const MessageListener *listener = listener_of(ssl);
  if (listener == nullptr) return;
  const Seen seen{sent != 0, version, type, {static_cast<const std::uint8_t *>(data), size}, ssl};
  diagnose(*listener, seen);
  trace(*listener, seen);
}

void listen_to(SSL *ssl, const MessageListener &listener) {
  SSL_set_ex_data(ssl, listener_slot(), const_cast<MessageListener *>(&listener));
  SSL_set_msg_callback(ssl, hear_message);
  SSL_set_info_callback(ssl, on_state);
}

void tell_statistics(const SSL *ssl, const MessageListener &listener) {
  if (!listener.diagnose) return;
  SSL_CTX *ctx = SSL_get_SSL_CTX(ssl);
  const std::pair<const char *, long> counters[] = {
      {"SSL/TLS sessions attempted", SSL_CTX_sess_accept(ctx)},
      {"SSL/TLS sessions established", SSL_CTX_sess_accept_good(ctx)},
      {"SSL/TLS sessions renegotiated", SSL_CTX_sess_accept_renegotiate(ctx)},
      {"SSL/TLS sessions resumed", SSL_CTX_sess_hits(ctx)},
      {"SSL/TLS sessions in cache", SSL_CTX_sess_number(ctx)},
      {"SSL/TLS session cache hits", SSL_CTX_sess_cb_hits(ctx)},
      {"SSL/TLS session cache misses", SSL_CTX_sess_misses(ctx)},
      {"SSL/TLS session cache timeouts", SSL_CTX_sess_timeouts(ctx)},
      {"SSL/TLS session cache size exceeded", SSL_CTX_sess_cache_full(ctx)}};
  for (const auto &[name, count] : counters) {
    listener.diagnose(std::string("[stat]: ") + name + ": " + std::to_string(count));
  }
}

}  // namespace mod_tls::ossl
