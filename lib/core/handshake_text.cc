// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/handshake_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

#include "core/ascii.h"

namespace mod_tls::core {

namespace {

constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kNewSessionTicket = 4;
constexpr std::uint8_t kEncryptedExtensions = 8;
constexpr std::size_t kHeader = 4;
constexpr std::size_t kRandom = 32;
/// What a client makes up does not fill the disk.
constexpr std::size_t kMaxItems = 100;

struct Name {
  unsigned number;
  std::string_view name;
};

constexpr Name kMessages[] = {
    {0, "HelloRequest"},     {1, "ClientHello"},        {2, "ServerHello"},
    {4, "NewSessionTicket"}, {5, "EndOfEarlyData"},     {8, "EncryptedExtensions"},
    {11, "Certificate"},     {12, "ServerKeyExchange"}, {13, "CertificateRequest"},
    {14, "ServerHelloDone"}, {15, "CertificateVerify"}, {16, "ClientKeyExchange"},
    {20, "Finished"},        {22, "CertificateStatus"}, {24, "KeyUpdate"}};

constexpr Name kAlerts[] = {{0, "close_notify"},
                            {10, "unexpected_message"},
                            {20, "bad_record_mac"},
                            {21, "decryption_failed"},
                            {22, "record_overflow"},
                            {30, "decompression_failure"},
                            {40, "handshake_failure"},
                            {41, "no_certificate"},
                            {42, "bad_certificate"},
                            {43, "unsupported_certificate"},
                            {44, "certificate_revoked"},
                            {45, "certificate_expired"},
                            {46, "certificate_unknown"},
                            {47, "illegal_parameter"},
                            {48, "unknown_ca"},
                            {49, "access_denied"},
                            {50, "decode_error"},
                            {51, "decrypt_error"},
                            {70, "protocol_version"},
                            {71, "insufficient_security"},
                            {80, "internal_error"},
                            {86, "inappropriate_fallback"},
                            {90, "user_canceled"},
                            {100, "no_renegotiation"},
                            {109, "missing_extension"},
                            {110, "unsupported_extension"},
                            {112, "unrecognized_name"},
                            {115, "unknown_psk_identity"},
                            {116, "certificate_required"},
                            {120, "no_application_protocol"}};

constexpr Name kExtensions[] = {{0, "server_name"},
                                {1, "max_fragment_length"},
                                {5, "status_request"},
                                {10, "supported_groups"},
                                {11, "ec_point_formats"},
                                {13, "signature_algorithms"},
                                {16, "application_layer_protocol_negotiation"},
                                {18, "signed_certificate_timestamp"},
                                {21, "padding"},
                                {22, "encrypt_then_mac"},
                                {23, "extended_master_secret"},
                                {28, "record_size_limit"},
                                {35, "session_ticket"},
                                {41, "pre_shared_key"},
                                {42, "early_data"},
                                {43, "supported_versions"},
                                {44, "cookie"},
                                {45, "psk_key_exchange_modes"},
                                {47, "certificate_authorities"},
                                {49, "post_handshake_auth"},
                                {50, "signature_algorithms_cert"},
                                {51, "key_share"},
                                {65281, "renegotiation_info"}};

constexpr Name kVersions[] = {{0x0300, "SSL 3.0"},
                              {0x0301, "TLS 1.0"},
                              {0x0302, "TLS 1.1"},
                              {0x0303, "TLS 1.2"},
                              {0x0304, "TLS 1.3"}};

std::string_view find_name(std::span<const Name> names, unsigned number) {
  const auto found = std::ranges::find(names, number, &Name::number);
  return found == names.end() ? std::string_view{} : found->name;
}

/// Takes fields off the front of a message. Once something is missing, all that follows is empty.
class Fields {
 public:
  explicit Fields(Bytes bytes) : rest_(bytes) {}

  Bytes take(std::size_t size) {
    if (size > rest_.size()) broken_ = true;
    if (broken_) return {};
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(size)) value = (value << 8) | byte;
    return value;
  }
  /// What is behind a length of `size` bytes.
  Bytes block(std::size_t size) { return take(number(size)); }

  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] bool empty() const { return broken_ || rest_.empty(); }

 private:
  Bytes rest_;
  bool broken_ = false;
};

std::string sized(std::size_t size) {
  return "(" + std::to_string(size) + (size == 1 ? " byte)" : " bytes)");
}

std::string hex(Bytes bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string with_number(std::string_view name, unsigned number) {
  std::array<char, 16> shown{};
  (void)std::snprintf(shown.data(), shown.size(), " (0x%04X)", number);
  return std::string(name.empty() ? "(unknown)" : name) + shown.data();
}

std::string version_text(unsigned version) {
  return with_number(find_name(kVersions, version), version);
}

std::vector<Extension> read_extensions(Bytes block) {
  std::vector<Extension> found;
  for (Fields fields{block}; !fields.empty() && found.size() < kMaxItems;) {
    const auto type = static_cast<std::uint16_t>(fields.number(2));
    const Bytes body = fields.block(2);
    if (!fields.broken()) found.push_back({type, body});
  }
  return found;
}

/// A message as it is read field by field, and the lines that come of it.
class Description {
 public:
  explicit Description(Bytes body) : fields_(body) {}

  Fields &fields() { return fields_; }
  void say(std::string line) {
    if (!fields_.broken()) lines_.push_back("  " + std::move(line));
  }
  void say_hello(const char *what) {
    const auto version = static_cast<unsigned>(fields_.number(2));
    say(std::string(what) + " = " + version_text(version));
    const Bytes random = fields_.take(kRandom);
    say("random " + sized(random.size()) + " = " + hex(random));
    const Bytes id = fields_.block(1);
    say("session_id " + sized(id.size()) + (id.empty() ? "" : " = " + hex(id)));
  }
  void say_ciphers(const CipherNamer &cipher_name) {
    const Bytes list = fields_.block(2);
    say("cipher_suites " + sized(list.size()));
    Fields numbers{list};
    for (std::size_t i = 0; i < kMaxItems && !numbers.empty(); i++)
      say_cipher(numbers, cipher_name);
  }
  void say_cipher(Fields &from, const CipherNamer &cipher_name) {
    const auto number = static_cast<std::uint16_t>(from.number(2));
    if (!from.broken()) say("  " + with_number(cipher_name(number), number));
  }
  void say_extensions() {
    if (fields_.empty()) return;
    const Bytes block = fields_.block(2);
    say("extensions " + sized(block.size()));
    for (const Extension &e : read_extensions(block)) {
      say("  extension_type = " + std::string(extension_name(e.type)) + " " + sized(e.body.size()));
    }
  }
  std::vector<std::string> finish(std::string_view title) {
    if (fields_.broken()) lines_.emplace_back("  (malformed)");
    lines_.insert(lines_.begin(), std::string(title) + ":");
    return std::move(lines_);
  }

 private:
  Fields fields_;
  std::vector<std::string> lines_;
};

void say_ticket(Description &text, bool tls13) {
  text.say("ticket_lifetime = " + std::to_string(text.fields().number(4)) + " s");
  if (tls13) {
    text.fields().take(4);  // what hides the age of the ticket on the wire
    text.fields().block(1);
  }
  text.say("ticket " + sized(text.fields().block(2).size()));
  if (tls13) text.say_extensions();
}

Bytes body_of(const HandshakeMessage &message) {
  return message.bytes.size() < kHeader ? Bytes{} : message.bytes.subspan(kHeader);
}

/// Goes to where the extensions of a message begin.
bool skip_to_extensions(std::uint8_t type, Fields &fields) {
  if (type == kEncryptedExtensions) return true;
  if (type != kClientHello && type != kServerHello) return false;
  fields.take(2 + kRandom);
  fields.block(1);
  if (type == kClientHello) {
    fields.block(2);
    fields.block(1);
  } else {
    fields.take(3);
  }
  return true;
}

}  // namespace

std::string_view handshake_name(std::uint8_t type) {
  return find_name(kMessages, type);
}

std::string_view alert_name(std::uint8_t alert) {
  return find_name(kAlerts, alert);
}

std::string_view extension_name(std::uint16_t type) {
  const std::string_view name = find_name(kExtensions, type);
  return name.empty() ? "(unknown)" : name;
}

std::vector<Extension> extensions_of(const HandshakeMessage &message) {
  if (message.bytes.empty()) return {};
  Fields fields{body_of(message)};
  if (!skip_to_extensions(message.bytes[0], fields)) return {};
  return read_extensions(fields.block(2));
}

std::string protocol_names(Bytes extension) {
  std::string names;
  Fields outer{extension};
  Fields list{outer.block(2)};
  for (std::size_t i = 0; i < kMaxItems && !list.empty(); i++) {
    const Bytes name = list.block(1);
    if (list.broken()) break;
    names += names.empty() ? "" : ", ";
    names += core::quoted(std::string{name.begin(), name.end()});
  }
  return names;
}

std::vector<std::string> describe_message(const HandshakeMessage &message,
                                          const CipherNamer &cipher_name) {
  if (message.bytes.empty()) return {};
  const std::uint8_t type = message.bytes[0];
  Description text{body_of(message)};
  switch (type) {
    case kClientHello:
      text.say_hello("client_version");
      text.say_ciphers(cipher_name);
      text.say("compression_methods " + sized(text.fields().block(1).size()));
      text.say_extensions();
      break;
    case kServerHello:
      text.say_hello("server_version");
      text.say("cipher_suite");
      text.say_cipher(text.fields(), cipher_name);
      text.say("compression_methods " + sized(text.fields().take(1).size()));
      text.say_extensions();
      break;
    case kNewSessionTicket:
      say_ticket(text, message.tls13);
      break;
    case kEncryptedExtensions:
      text.say_extensions();
      break;
    default:
      return {};
  }
  return text.finish(handshake_name(type));
}

}  // namespace mod_tls::core
