// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "glue/variables.h"

#include <cstdlib>

#include "core/variables.h"
#include "glue/log.h"
#include "ossl/session_facts.h"

namespace mod_tls::glue {

namespace {

/// The host sets values of up to 2048 bytes; certificates can be longer.
void set_environment(const core::Variable &variable) {
  if (pr_env_set(session.pool, variable.name.c_str(), variable.value.c_str()) == 0) return;
  ::setenv(variable.name.c_str(), variable.value.c_str(), 1);
}

void set_note(const core::Variable &variable) {
  const std::size_t size = variable.value.size();
  const char *name = pstrdup(session.pool, variable.name.c_str());
  pr_table_add(session.notes, name, pstrndup(session.pool, variable.value.data(), size), size + 1);
}

void replace_notes(const core::SessionFacts &facts) {
  for (const std::string_view name : core::note_names()) {
    (void)pr_table_remove(session.notes, std::string(name).c_str(), nullptr);
  }
  for (const core::Variable &note : core::notes_of(facts)) set_note(note);
}

void tell_missing(const core::SessionFacts &facts) {
  if (!facts.client) {
    tls_log_line(
        "unable to set client certificate environ variables: Client certificate unavailable");
  }
  if (!facts.server) {
    tls_log_line(
        "unable to set server certificate environ variables: Server certificate unavailable");
  }
}

}  // namespace

void VariablePublisher::publish(SSL *ssl, const core::ServerPolicy &policy) {
  const core::ExportChoice choice{policy.options.has(core::Option::std_env_vars),
                                  policy.options.has(core::Option::export_cert_data)};
  const bool any = choice.standard || choice.certificates;
  const core::SessionFacts facts = ossl::session_facts(ssl, any);
  handshake_ = ossl::handshake_mark(ssl);
  replace_notes(facts);
  for (const std::string &name : environment_) pr_env_unset(session.pool, name.c_str());
  environment_.clear();
  if (any) tell_missing(facts);
  for (const core::Variable &variable : core::environment_of(facts, choice)) {
    set_environment(variable);
    environment_.push_back(variable.name);
  }
}

bool VariablePublisher::outdated(const SSL *ssl) const {
  return ossl::handshake_mark(ssl) != handshake_;
}

void note_connection(pr_netio_stream_t *stream, SSL *ssl) {
  constexpr char kName[] = "mod_tls.SSL";
  if (stream == nullptr || stream->notes == nullptr) return;
  (void)pr_table_remove(stream->notes, kName, nullptr);
  (void)pr_table_add(stream->notes, kName, ssl, sizeof(SSL *));
}

}  // namespace mod_tls::glue
