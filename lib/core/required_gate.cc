// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/required_gate.h"

#include <algorithm>
#include <iterator>

namespace mod_tls::core {

namespace {

// How a session gets to TLS, or ends, is never refused.
constexpr std::string_view kExempt[] = {"AUTH", "CLNT", "FEAT", "HOST", "QUIT", "SYST"};
constexpr std::string_view kAuthentication[] = {"ACCT", "PASS", "USER"};
constexpr std::string_view kData[] = {"APPE", "LIST", "MLSD", "NLST", "RETR", "STOR", "STOU"};

constexpr GateVerdict kAllowed{};
constexpr GateVerdict kNoAuthentication{GateReason::authentication, 550,
                                        "SSL/TLS required on the control channel"};
constexpr GateVerdict kNoControl{GateReason::control, 550,
                                 "SSL/TLS required on the control channel"};
constexpr GateVerdict kNoData{GateReason::data, 522, "SSL/TLS required on the data channel"};
constexpr GateVerdict kNoDirectoryData{GateReason::directory_data, 522,
                                       "SSL/TLS required on the data channel"};

template <std::size_t N>
bool is_one_of(std::string_view command, const std::string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), command) != std::end(list);
}

GateVerdict control_gate(const GateInput &input) {
  if (input.control_protected) return kAllowed;
  const bool login = is_one_of(input.command, kAuthentication);
  if (input.server.auth && !input.allow_per_user && login) return kNoAuthentication;
  // With AllowPerUser the user has to be known before it can be said what he needs.
  const bool in_force = !input.allow_per_user || input.logged_in;
  return input.server.control && in_force ? kNoControl : kAllowed;
}

GateVerdict data_gate(const GateInput &input) {
  if (input.data_protected || !is_data_command(input.command)) return kAllowed;
  if (input.server.data == DataRule::required) return kNoData;
  const bool demanded = input.directory && input.directory->data == DataRule::required;
  return demanded ? kNoDirectoryData : kAllowed;
}

}  // namespace

GateVerdict required_gate(const GateInput &input) {
  if (is_one_of(input.command, kExempt)) return kAllowed;
  const GateVerdict control = control_gate(input);
  return control.allowed() ? data_gate(input) : control;
}

bool is_data_command(std::string_view command) {
  return is_one_of(command, kData);
}

bool login_must_end(const RequiredPolicy &now_in_force, bool control_protected) {
  return (now_in_force.auth || now_in_force.control) && !control_protected;
}

}  // namespace mod_tls::core
