// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The lists of a ClientHello that we read ourselves: what is found lies inside the input and is
// what it is said to be.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/server_name.h"
#include "ossl/alpn.h"
#include "ossl/client_hello.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_names(std::span<const std::uint8_t> input) {
  const auto name = mod_tls::ossl::find_protocol(input, "ftp");
  if (name.empty()) return;
  require(std::ranges::equal(name, std::string_view{"ftp"}));
  require(name.data() > input.data());
  require(name.data() + name.size() <= input.data() + input.size());
}

void check_versions(std::span<const std::uint8_t> input) {
  const auto offered = mod_tls::ossl::offered_versions(input, 0);
  if (offered.empty()) return;
  const std::uint8_t version[] = {3, static_cast<std::uint8_t>(offered.highest())};
  require(input.size() % 2 == 1);
  require(std::search(input.begin(), input.end(), std::begin(version), std::end(version)) !=
          input.end());
}

void check_server_name(std::span<const std::uint8_t> input) {
  const auto name = mod_tls::core::host_name_in(input);
  if (name.empty()) return;
  require(std::ranges::find(name, 0) == name.end());
  require(name.size() + 5 == input.size());
  require(std::ranges::equal(name, input.subspan(5)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  check_names({data, size});
  check_versions({data, size});
  check_server_name({data, size});
  return 0;
}
