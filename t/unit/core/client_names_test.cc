// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/client_names.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;
using R = FailureReason;

namespace {

struct HostRow {
  const char *pattern;
  const char *host;
  bool same;
};

constexpr HostRow kHosts[] = {
    {"a.example.com", "a.example.com", true},
    {"A.Example.COM", "a.example.com.", true},
    {"a.example.com.", "a.example.com", true},
    {"a.example.com", "b.example.com", false},
    {"a.example.com", "a.example.com.evil.org", false},
    {"example.com", "a.example.com", false},
    {"*.example.com", "a.example.com", true},
    {"*.EXAMPLE.com", "a.example.com", true},
    {"*.example.com", "a.b.example.com", false},
    {"*.example.com", "example.com", false},
    {"*.example.com", ".example.com", false},
    {"*.com", "example.com", false},
    {"*", "localhost", false},
    {"*.", "localhost", false},
    {"a*.example.com", "ab.example.com", false},
    {"a.*.com", "a.example.com", false},
    {"**.example.com", "a.example.com", false},
    {"", "a.example.com", false},
    {"a.example.com", "", false},
    {"", "", false},
};

using Bytes = std::vector<std::uint8_t>;
const Bytes kV4{192, 0, 2, 7};
const Bytes kOtherV4{192, 0, 2, 8};
const Bytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};
const Bytes kV6{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 7};

const RemoteClient kClient{
    .reverse_dns = true, .name = "a.example.com", .address = "192.0.2.7", .address_bytes = kV4};
const RemoteClient kNameless{
    .reverse_dns = true, .name = "192.0.2.7", .address = "192.0.2.7", .address_bytes = kV4};

constexpr OptionSet kDns{Option::dns_name_required};
constexpr OptionSet kIp{Option::ip_address_required};
constexpr OptionSet kCn{Option::common_name_required};
constexpr OptionSet kAll{Option::dns_name_required, Option::ip_address_required,
                         Option::common_name_required};

void check_refused(R reason, const OptionSet &options, const CertificateNames &names,
                   const RemoteClient &client = kClient) {
  const NameVerdict verdict = judge_names(options, names, client);
  CHECK_TRUE(verdict.refusal == reason);
}

void check_accepted(const char *line, const OptionSet &options, const CertificateNames &names,
                    const RemoteClient &client = kClient) {
  const NameVerdict verdict = judge_names(options, names, client);
  CHECK_FALSE(verdict.refusal.has_value());
  LONGS_EQUAL(1, verdict.lines.size());
  STRCMP_EQUAL(line, verdict.lines[0].c_str());
}

}  // namespace

TEST_GROUP(ClientNames){};

TEST(ClientNames, Q75HostNamesAreComparedByTheRulesOfRfc6125) {
  for (const HostRow &row : kHosts) {
    CHECK_EQUAL_TEXT(row.same, names_host(row.pattern, row.host), row.pattern);
  }
}

TEST(ClientNames, WithoutAnOptionNothingIsLookedAt) {
  const NameVerdict verdict = judge_names({}, {.suspicious = {{"CommonName", "a"}}}, kClient);
  CHECK_FALSE(verdict.refusal.has_value());
  CHECK_TRUE(verdict.lines.empty());
}

TEST(ClientNames, ADnsNameIsNeeded) {
  check_refused(R::client_dns_name_missing, kDns, {.common_name = "a.example.com"});
  check_refused(R::client_dns_name_differs, kDns, {.dns = {"b.example.com", "example.com"}});
  check_accepted("client cert dNSName SAN matches remote name 'a.example.com'", kDns,
                 {.dns = {"b.example.com", "A.example.com"}});
  check_accepted("client cert dNSName SAN matches remote name 'a.example.com'", kDns,
                 {.dns = {"*.example.com"}});
}

TEST(ClientNames, AnAddressIsNeeded) {
  check_refused(R::client_address_missing, kIp, {.dns = {"a.example.com"}});
  check_refused(R::client_address_differs, kIp, {.addresses = {kOtherV4, kV6}});
  check_accepted("client cert iPAddress SAN matches client IP '192.0.2.7'", kIp,
                 {.addresses = {kOtherV4, kMapped}});
}

TEST(ClientNames, ACommonNameIsNeeded) {
  check_refused(R::client_common_name_missing, kCn, {.dns = {"a.example.com"}});
  check_refused(R::client_common_name_differs, kCn, {.common_name = "alice"});
  check_accepted("client cert CommonName matches client FQDN 'a.example.com'", kCn,
                 {.common_name = "A.example.com"});
}

TEST(ClientNames, AClientWithoutNameIsNobodysHost) {
  check_refused(R::client_dns_name_differs, kDns, {.dns = {"192.0.2.7"}}, kNameless);
  check_refused(R::client_dns_name_differs, kDns, {.dns = {"*.0.2.7"}}, kNameless);
  check_refused(R::client_common_name_differs, kCn, {.common_name = "*.0.2.7"}, kNameless);
  check_refused(R::client_common_name_differs, kCn, {.common_name = "a.example.com"}, kNameless);
  check_accepted("client cert CommonName matches client FQDN '192.0.2.7'", kCn,
                 {.common_name = "192.0.2.7"}, kNameless);
}

TEST(ClientNames, WithoutReverseDnsOnlyTheAddressCounts) {
  RemoteClient client = kNameless;
  client.reverse_dns = false;
  check_refused(R::client_address_missing, kAll, {}, client);
  check_accepted("client cert iPAddress SAN matches client IP '192.0.2.7'", kAll,
                 {.addresses = {kV4}}, client);
}

TEST(ClientNames, AllThatIsAskedForHasToMatch) {
  CertificateNames names{
      .common_name = "a.example.com", .dns = {"a.example.com"}, .addresses = {kV4}};
  CHECK_FALSE(judge_names(kAll, names, kClient).refusal.has_value());
  LONGS_EQUAL(3, judge_names(kAll, names, kClient).lines.size());
  names.addresses.clear();
  check_refused(R::client_address_missing, kAll, names);
  names.dns.clear();
  check_refused(R::client_dns_name_missing, kAll, names);
}

TEST(ClientNames, NulsAreToldAndDoNotMatch) {
  const CertificateNames names{
      .suspicious = {{"dNSName SAN", std::string("a.example.com\0.evil.org", 23)}}};
  const NameVerdict verdict = judge_names(kDns, names, kClient);
  CHECK_TRUE(verdict.refusal == R::client_dns_name_missing);
  LONGS_EQUAL(2, verdict.lines.size());
  STRCMP_EQUAL("cert dNSName SAN contains embedded NULs, rejecting as possible spoof attempt",
               verdict.lines[0].c_str());
  STRCMP_EQUAL("suspicious dNSName SAN value: 'a.example.com?.evil.org'", verdict.lines[1].c_str());
}
