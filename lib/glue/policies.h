// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/directive_table.h"
#include "core/policy_builder.h"
#include "glue/proftpd.h"

namespace mod_tls::glue {

/// The address that TLSMasqueradeAddress names, out of the command's temporary pool; nullptr for
/// other directives. May ask the name service.
core::Result<const pr_netaddr_t *> resolve(cmd_rec *cmd, const core::DirectiveSpec &spec,
                                           std::span<const std::string_view> words);

/// Keeps a checked directive in the host's configuration: its words and where it was written, as
/// strings in the record's pool (records are copied shallowly). TLSEngine keeps the host's usual
/// Boolean, because mod_sftp reads it; in front of TLSMasqueradeAddress stands its `address`, which
/// the host announces.
config_rec *store_record(cmd_rec *cmd, const core::DirectiveSpec &spec,
                         const core::EditValue &value, std::span<const std::string_view> words,
                         const pr_netaddr_t *address);

/// The main server and the virtual hosts, in the order of the configuration.
[[nodiscard]] std::vector<server_rec *> all_servers();

/// The policy of a server as configured: its own records, then those of <Global>.
core::ServerPolicy server_policy(const server_rec *server);

/// What a server's own records of one directive say, in their order.
std::vector<core::EditValue> values_of(const server_rec *server, core::Directive directive);

/// The TLSRequired record of one section (its own, or merged down into it), if there is one.
std::optional<core::RequiredPolicy> section_required(xaset_t *section);

/// What core::cross_check() asks about a server.
core::ServerFacts server_facts(const server_rec *server);

}  // namespace mod_tls::glue
