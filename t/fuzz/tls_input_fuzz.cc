// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Any bytes as the input of a connection that waits for its handshake, and of a stream: what does
// not end as a handshake ends in lines for the log.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>

#include "../fakes/memory_transport.h"
#include "ossl/context_builder.h"
#include "ossl/handshake.h"
#include "ossl/record_stream.h"
#include "ossl/session_binding.h"

namespace {

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;

void require(bool holds) {
  if (!holds) std::abort();
}

const core::ServerPolicy &policy() {
  static const core::ServerPolicy kPolicy;
  return kPolicy;
}

SSL_CTX *context() {
  static const auto kBuilt = ossl::build_context(policy(), 0);
  return kBuilt.value().ctx.get();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const ossl::BindingId binding{};
  mod_tls::test::MemoryLink link;
  ossl::SslPtr ssl{SSL_new(context())};
  if (!ossl::prepare_connection(ssl.get(), ossl::ConnectionRole::control, binding)) return 0;
  ossl::RecordStream stream{std::move(ssl), link.server};
  link.client.write(std::as_bytes(std::span{data, size}));
  link.to_server.closed = true;
  const ossl::HandshakeResult result = ossl::handshake_step(stream.ssl(), policy());
  require(result.step == ossl::Step::failed);  // the end of the input comes too early for more
  require(!result.failure.empty());
  std::byte into[64];
  require(stream.read(into).bytes == 0);
  (void)stream.send_close();
  (void)stream.drain();
  return 0;
}
