// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ossl/client_ocsp.h"

#include <algorithm>

#include "CppUTest/TestHarness.h"
#include "ocsp_answers.h"
#include "test_pki.h"

namespace core = mod_tls::core;
namespace ossl = mod_tls::ossl;
namespace test = mod_tls::test;
using V = core::OcspVerdict;
using core::OcspDemand;
using test::Saying;

namespace {

using Lines = std::vector<std::string>;

/// Answers what the test says, and remembers who was asked.
class FakeFetcher final : public core::OcspFetcher {
 public:
  core::Result<std::vector<std::uint8_t>> fetch(const core::OcspFetch &fetch) override {
    asked.push_back(fetch.url.host);
    time = fetch.time;
    if (fetch.url.host == "dead") return core::Error{core::Errc::io, "cannot connect to dead"};
    if (fetch.url.host == "junk") return std::vector<std::uint8_t>{1, 2, 3};
    return test::make_ocsp_answer({fetch.request.begin(), fetch.request.end()}, about, signer,
                                  saying);
  }

  test::AskedAbout about{};
  test::OcspSigner signer{};
  Saying saying{};
  std::vector<std::string> asked{};
  std::chrono::milliseconds time{};
};

}  // namespace

TEST_GROUP(ClientOcsp) {
  ossl::EvpPkeyPtr ca_key = test::make_ec_key();
  ossl::X509Ptr ca = test::make_certificate(ca_key.get(), {.name = "CA", .authority = true});
  test::Issuer issuer{ca.get(), ca_key.get()};
  ossl::EvpPkeyPtr key = test::make_ec_key();
  ossl::X509Ptr client = test::make_certificate(key.get(), {.name = "alice", .issuer = &issuer});
  FakeFetcher fetcher;
  ossl::ClientOcsp ocsp{fetcher, "test"};
  Lines lines;

  void setup() override {
    fetcher.about = {client.get(), ca.get()};
    fetcher.signer = {ca.get(), ca_key.get()};
  }

  void name(const char *responders) {
    test::extend(client.get(), NID_info_access, responders, ca_key.get());
  }

  V judge(OcspDemand demand = OcspDemand::hard) {
    lines.clear();
    return ocsp.judge({client.get(), ca.get()}, {.demand = demand}, lines);
  }

  [[nodiscard]] bool told(std::string_view text) const {
    return std::ranges::any_of(
        lines, [&](const std::string &line) { return line.find(text) != std::string::npos; });
  }
};

TEST(ClientOcsp, WithoutResponderThereIsNoOpinion) {
  CHECK_TRUE(judge() == V::accepted);
  CHECK_TRUE(
      told("found no OCSP URLs in AuthorityInfoAccess attribute for client cert 'CN = "
           "alice', unable to verify via OCSP"));
  CHECK_TRUE(fetcher.asked.empty());
}

TEST(ClientOcsp, StrictWantsAResponder) {
  CHECK_TRUE(judge(OcspDemand::strict) == V::unanswered);
}

TEST(ClientOcsp, AGoodAnswerIsEnoughAndIsRemembered) {
  name("OCSP;URI:http://a/");
  CHECK_TRUE(judge() == V::accepted);
  CHECK_TRUE(
      told("client cert 'CN = alice' has 'good' (0) status according to OCSP responder at "
           "'http://a/'"));
  CHECK_TRUE(judge() == V::accepted);
  LONGS_EQUAL(1, fetcher.asked.size());
}

TEST(ClientOcsp, RefusalsAreNotRemembered) {
  name("OCSP;URI:http://a/");
  fetcher.saying.status = V_OCSP_CERTSTATUS_REVOKED;
  CHECK_TRUE(judge(OcspDemand::soft) == V::revoked);
  CHECK_TRUE(told("has 'revoked' status due to: keyCompromise"));
  CHECK_TRUE(judge(OcspDemand::soft) == V::revoked);
  LONGS_EQUAL(2, fetcher.asked.size());
  fetcher.saying.status = V_OCSP_CERTSTATUS_UNKNOWN;
  CHECK_TRUE(judge(OcspDemand::soft) == V::unknown);
}

TEST(ClientOcsp, SilenceIsRefusedUnlessSoft) {
  name("OCSP;URI:http://dead/");
  CHECK_TRUE(judge() == V::unanswered);
  CHECK_TRUE(judge(OcspDemand::strict) == V::unanswered);
  CHECK_TRUE(told("via OCSP responder at 'http://dead/': cannot connect to dead"));
  CHECK_TRUE(judge(OcspDemand::soft) == V::accepted);
}

TEST(ClientOcsp, TheNextResponderIsAskedUntilOneAnswers) {
  name("OCSP;URI:http://dead/,OCSP;URI:http://junk/,OCSP;URI:https://b/,OCSP;URI:http://c/");
  CHECK_TRUE(judge() == V::accepted);
  CHECK_TRUE((fetcher.asked == std::vector<std::string>{"dead", "junk", "c"}));
  CHECK_TRUE(told("what the responder sent is no OCSP response"));
  CHECK_TRUE(told("OCSP is spoken over http here"));
}

TEST(ClientOcsp, OddUrlsAreNotAsked) {
  name(
      "OCSP;URI:file:///etc/passwd,OCSP;URI:ldap://h/,OCSP;URI:http://u@h/,"
      "OCSP;URI:gopher://h/,OCSP;URI:http://c/");
  CHECK_TRUE(judge() == V::unanswered);
  CHECK_TRUE(fetcher.asked.empty());
}

TEST(ClientOcsp, WhoSignsAndWhenCounts) {
  name("OCSP;URI:http://a/");
  const auto other_key = test::make_ec_key();
  const auto other = test::make_certificate(other_key.get(), {.name = "CA", .authority = true});
  fetcher.signer = {other.get(), other_key.get()};
  CHECK_TRUE(judge() == V::unanswered);
  CHECK_TRUE(told("is not signed by the issuer or a responder it certified"));
  fetcher.signer = {ca.get(), ca_key.get()};
  fetcher.saying = {.begins = -7200, .ends = -3600};
  CHECK_TRUE(judge() == V::unanswered);
  CHECK_TRUE(told("the OCSP response is old"));
  fetcher.saying = {.begins = -2 * test::kDay, .with_end = false, .echo_nonce = false};
  CHECK_TRUE(judge() == V::unanswered);
  fetcher.saying.echo_nonce = true;
  CHECK_TRUE(judge() == V::accepted);
}

TEST(ClientOcsp, EveryCertificateOfTheChainButTheLastIsAskedAbout) {
  const auto middle_key = test::make_ec_key();
  const auto middle = test::make_certificate(
      middle_key.get(), {.name = "middle", .authority = true, .issuer = &issuer});
  test::extend(middle.get(), NID_info_access, "OCSP;URI:http://top/", ca_key.get());
  name("OCSP;URI:http://a/");
  fetcher.about = {middle.get(), ca.get()};
  fetcher.saying.status = V_OCSP_CERTSTATUS_REVOKED;
  CHECK_TRUE(ocsp.judge({client.get(), middle.get(), ca.get()}, {}, lines) == V::revoked);
  CHECK_TRUE((fetcher.asked == std::vector<std::string>{"top"}));
}

TEST(ClientOcsp, TheTimeIsLimitedTwice) {
  name("OCSP;URI:http://dead/");
  CHECK_TRUE(ocsp.judge({client.get(), ca.get()}, {.timeout = std::chrono::seconds{2}}, lines) ==
             V::unanswered);
  CHECK_TRUE(fetcher.time.count() <= 2000 && fetcher.time.count() > 1000);
  fetcher.asked.clear();
  ocsp.limit(std::chrono::steady_clock::now());
  CHECK_TRUE(judge() == V::unanswered);
  CHECK_TRUE(told("the time for OCSP is over"));
  CHECK_TRUE(fetcher.asked.empty());
}
