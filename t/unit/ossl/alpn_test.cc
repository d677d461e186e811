// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/alpn.h"

#include <string_view>

#include "tls_pair.h"

#include "CppUTest/TestHarness.h"  // last: it redefines new

namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using namespace std::string_view_literals;

namespace {

std::span<const std::uint8_t> octets(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

struct Case {
  std::string_view names;
  bool found;
};

constexpr Case kCases[] = {
    {"\3ftp"sv, true},          {"\10http/1.1\3ftp"sv, true},
    {"\3ftp\2h2"sv, true},      {""sv, false},
    {"\10http/1.1"sv, false},   {"\4ftps"sv, false},
    {"\3FTP"sv, false},         {"\10ftp-data"sv, false},
    {"\2ft\1p"sv, false},       {"\3ft"sv, false},
    {"\377ftp"sv, false},       {"\0\3ftp"sv, false},
    {"\10http/1.1\3"sv, false},
};

}  // namespace

TEST_GROUP(Alpn) {
  test::TemporaryFolder folder;
  ossl::BindingId binding{};

  /// What a client that offers a list is told; "refused" if it gets no session.
  std::string negotiated(std::string_view offered, bool alpn = true,
                         ossl::ConnectionRole role = ossl::ConnectionRole::control) {
    auto policy = test::ec_policy(folder);
    policy.alpn = alpn;
    auto built = ossl::build_context(policy, std::time(nullptr));
    const auto client = test::client_context(0);
    const auto names = octets(offered);
    SSL_CTX_set_alpn_protos(client.get(), names.data(), static_cast<unsigned>(names.size()));
    test::TlsPair pair(built->ctx.get(), client.get(), role, binding);
    if (!pair.handshake()) return "refused";
    const unsigned char *data = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(pair.client.ssl(), &data, &size);
    return {reinterpret_cast<const char *>(data), size};
  }
};

TEST(Alpn, FtpIsFoundWithinBounds) {
  for (const Case &c : kCases) {
    const auto found = ossl::find_protocol(octets(c.names), "ftp");
    CHECK_EQUAL(c.found, found.size() == 3);
    CHECK_EQUAL(!c.found, found.empty());
  }
}

TEST(Alpn, FtpIsConfirmed) {
  STRCMP_EQUAL("ftp", negotiated("\10http/1.1\3ftp").c_str());
}

TEST(Alpn, ANamelessClientIsServed) {
  STRCMP_EQUAL("", negotiated("").c_str());
}

TEST(Alpn, FtpDataIsConfirmedOnDataConnectionsWhereFtpIsNotOffered) {
  constexpr auto kData = ossl::ConnectionRole::data;
  STRCMP_EQUAL("ftp-data", negotiated("\10ftp-data", true, kData).c_str());
  STRCMP_EQUAL("ftp", negotiated("\10ftp-data\3ftp", true, kData).c_str());
  STRCMP_EQUAL("refused", negotiated("\10ftp-data").c_str());
  STRCMP_EQUAL("ftp", negotiated("\10ftp-data\3ftp").c_str());
}

TEST(Alpn, Q15OffersOfOtherProtocolsAreRefused) {
  for (const auto offered : {"\10http/1.1"sv, "\4xftp\4ftpx"sv, "\6\3ftp\1x"sv}) {
    STRCMP_EQUAL("refused", negotiated(offered).c_str());
  }
}

TEST(Alpn, SwitchedOffNoOfferMatters) {
  STRCMP_EQUAL("", negotiated("\10http/1.1", false).c_str());
  STRCMP_EQUAL("", negotiated("\3ftp", false).c_str());
}
