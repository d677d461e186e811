// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "core/verify_policy.h"

#include "CppUTest/TestHarness.h"

using namespace mod_tls::core;

namespace {

struct DepthRow {
  std::uint32_t depth;
  std::size_t certificates;
  bool allowed;
};

constexpr DepthRow kDepths[] = {{0, 0, true},  {0, 1, true}, {0, 2, false}, {1, 2, true},
                                {1, 3, false}, {2, 3, true}, {9, 10, true}, {9, 11, false}};

struct PeerRow {
  VerifyClient policy;
  PeerFacts facts;
  PeerVerdict verdict;
};

constexpr PeerFacts kNobody{};
constexpr PeerFacts kGood{.has_certificate = true, .verified = true};
constexpr PeerFacts kUnverified{.has_certificate = true};
constexpr PeerFacts kExpired{.has_certificate = true, .verified = true, .expired = true};

constexpr PeerRow kPeers[] = {
    {VerifyClient::off, kNobody, PeerVerdict::accepted},
    {VerifyClient::off, kUnverified, PeerVerdict::accepted},
    {VerifyClient::off, kExpired, PeerVerdict::accepted},
    {VerifyClient::optional, kNobody, PeerVerdict::accepted},
    {VerifyClient::optional, kGood, PeerVerdict::accepted},
    {VerifyClient::optional, kUnverified, PeerVerdict::not_verified},
    {VerifyClient::optional, kExpired, PeerVerdict::expired},
    {VerifyClient::on, kNobody, PeerVerdict::no_certificate},
    {VerifyClient::on, kGood, PeerVerdict::accepted},
    {VerifyClient::on, kUnverified, PeerVerdict::not_verified},
    {VerifyClient::on, kExpired, PeerVerdict::expired},
};

}  // namespace

TEST_GROUP(VerifyPolicy){};

TEST(VerifyPolicy, TheDepthCountsTheCasAboveTheClient) {
  for (const DepthRow &row : kDepths) {
    CHECK_EQUAL(row.allowed, depth_allows({VerifyClient::on, row.depth}, row.certificates));
  }
}

TEST(VerifyPolicy, AChainThatIsTooLongIsToldWithBothNumbers) {
  STRCMP_EQUAL(
      "certificate chain too long: 2 CA certificates above the client's own, 'TLSVerifyDepth 1' "
      "allows 1",
      too_long_text({VerifyClient::on, 1}, 3).c_str());
}

TEST(VerifyPolicy, WhoIsAdmittedAfterAHandshake) {
  for (const PeerRow &row : kPeers) {
    CHECK(row.verdict == judge_peer(row.policy, row.facts));
  }
}

TEST(VerifyPolicy, OnlyRefusalsHaveAReason) {
  CHECK_FALSE(refusal_of(PeerVerdict::accepted).has_value());
  CHECK(refusal_of(PeerVerdict::no_certificate) == FailureReason::no_client_certificate);
  CHECK(refusal_of(PeerVerdict::not_verified) == FailureReason::resumed_unverified);
  CHECK(refusal_of(PeerVerdict::expired) == FailureReason::resumed_expired);
}

TEST(VerifyPolicy, OnlyAVerifiedCertificateProvesWhoSomebodyIs) {
  for (const PeerRow &row : kPeers) {
    const bool proves = row.policy != VerifyClient::off && row.facts.has_certificate &&
                        row.facts.verified && !row.facts.expired;
    CHECK_EQUAL(proves, proves_identity(row.policy, row.facts));
  }
}

TEST(VerifyPolicy, EachValueHasItsName) {
  STRCMP_EQUAL("off", std::string(to_string(VerifyClient::off)).c_str());
  STRCMP_EQUAL("optional", std::string(to_string(VerifyClient::optional)).c_str());
  STRCMP_EQUAL("on", std::string(to_string(VerifyClient::on)).c_str());
}
