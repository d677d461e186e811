// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

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

/// What the context of `ssl` has counted, as EnableDiags tells it at the end of a session.
void tell_statistics(const SSL *ssl, const MessageListener &listener);

}  // namespace mod_tls::ossl
