// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "ossl/handles.h"

namespace mod_tls::ossl {

/// Who is told about the messages of a connection, and how much. An empty function hears nothing.
struct MessageListener {
  std::function<void(std::string_view)> diagnose;    ///< One line for TLSOptions EnableDiags.
  std::function<void(int, std::string_view)> trace;  ///< A level of the trace channel, and a line.
};

/// Lets `listener`, which must outlive `ssl`, hear every message and every step of `ssl` from now
/// on.
void listen_to(SSL *ssl, const MessageListener &listener);

/// The library's callback for messages: tells the listener of `ssl`, if it has one. Who needs the
/// callback for himself passes on to it.
void hear_message(int sent, int version, int type, const void *data, std::size_t size, SSL *ssl,
                  void *unused) noexcept;

/// What the context of `ssl` has counted, as EnableDiags tells it at the end of a session.
void tell_statistics(const SSL *ssl, const MessageListener &listener);

}  // namespace mod_tls::ossl
