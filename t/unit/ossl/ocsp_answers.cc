// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "ocsp_answers.h"

#include <ctime>

#include "ossl/ocsp_message.h"

namespace mod_tls::test {

namespace {

using BasicResponsePtr = std::unique_ptr<OCSP_BASICRESP, ossl::FreeWith<&OCSP_BASICRESP_free>>;
using CertIdPtr = std::unique_ptr<OCSP_CERTID, ossl::FreeWith<&OCSP_CERTID_free>>;

std::vector<std::uint8_t> der_of(OCSP_RESPONSE *response) {
  unsigned char *der = nullptr;
  const int size = i2d_OCSP_RESPONSE(response, &der);
  const ossl::OpensslBytesPtr owner(der);
  return {der, der + size};
}

ossl::Asn1TimePtr from_now(long seconds) {
  return ossl::Asn1TimePtr(ASN1_TIME_adj(nullptr, std::time(nullptr), 0, seconds));
}

void add_status(OCSP_BASICRESP *basic, const AskedAbout &about, const Saying &saying) {
  const CertIdPtr id(OCSP_cert_to_id(nullptr, about.certificate, about.issuer));
  const ossl::Asn1TimePtr begin = from_now(saying.begins);
  const ossl::Asn1TimePtr end = from_now(saying.ends);
  const bool revoked = saying.status == V_OCSP_CERTSTATUS_REVOKED;
  OCSP_basic_add1_status(basic, id.get(), saying.status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                         revoked ? begin.get() : nullptr, begin.get(),
                         saying.with_end ? end.get() : nullptr);
}

}  // namespace

std::vector<std::uint8_t> make_ocsp_answer(const std::vector<std::uint8_t> &request,
                                           const AskedAbout &about, const OcspSigner &signer,
                                           const Saying &saying) {
  const unsigned char *at = request.data();
  const ossl::OcspRequestPtr asked(
      d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(request.size())));
  const BasicResponsePtr basic(OCSP_BASICRESP_new());
  add_status(basic.get(), about, saying);
  if (saying.echo_nonce) OCSP_copy_nonce(basic.get(), asked.get());
  OCSP_basic_sign(basic.get(), signer.certificate, signer.key, EVP_sha256(), nullptr,
                  saying.with_certificate ? 0 : OCSP_NOCERTS);
  const ossl::OcspResponsePtr response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return der_of(response.get());
}

}  // namespace mod_tls::test
