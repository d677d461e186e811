// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/pass_phrase_text.h"

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

bool is_container(const KeyQuestion &question) {
  return question.type == "PKCS12";
}

}  // namespace

std::string prompt_for(const KeyQuestion &question, const ServerLabel &server) {
  return printable(question.type) + (is_container(question) ? " password" : " key") + " for the " +
         server.address + '#' + std::to_string(server.port) + " (" + printable(server.name) +
         ") server: ";
}

std::string_view wrong_answer_text(const KeyQuestion &question) {
  return is_container(question) ? "Wrong password for this PKCS12 file.  Please try again."
                                : "Wrong passphrase for this key.  Please try again.";
}

std::string provider_argument(const ServerLabel &server) {
  return server.name + ':' + std::to_string(server.port);
}

std::string provider_fault(std::string_view program, const ProgramEnd &end) {
  const std::string name = quoted(program);
  if (!end.in_time) return name + " did not answer within 10 seconds";
  if (end.signal != 0) return name + " died from signal " + std::to_string(end.signal);
  if (end.status != 0) return name + " ended with status " + std::to_string(end.status);
  if (!end.fitting) {
    return name + " wrote what cannot be a pass phrase: more than 1023 bytes, or a NUL byte";
  }
  if (end.length == 0) return name + " did not write a pass phrase";
  return {};
}

}  // namespace mod_tls::core
