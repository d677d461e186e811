// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ocsp.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace mod_tls::ossl {

/// FreeWith turns an OpenSSL free function into a stateless deleter. This file is the only place
/// that names those functions.
template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T *p) const noexcept {
    Free(p);
  }
};

/// The same for OPENSSL_free(), which is a macro.
struct FreeBytes {
  void operator()(void *p) const noexcept { OPENSSL_free(p); }
};

/// And for a stack with what is on it.
struct FreeX509Stack {
  void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_pop_free(stack, X509_free); }
};
/// And for a list of names with the names in it.
struct FreeNames {
  void operator()(STACK_OF(X509_NAME) * names) const noexcept {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
  }
};

using OpensslBytesPtr = std::unique_ptr<unsigned char, FreeBytes>;
using OpensslTextPtr = std::unique_ptr<char, FreeBytes>;
using Asn1TimePtr = std::unique_ptr<ASN1_TIME, FreeWith<&ASN1_TIME_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;
using BioPtr = std::unique_ptr<BIO, FreeWith<&BIO_free_all>>;
using BioMethodPtr = std::unique_ptr<BIO_METHOD, FreeWith<&BIO_meth_free>>;
using EvpCipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<&EVP_CIPHER_CTX_free>>;
using EvpCipherPtr = std::unique_ptr<EVP_CIPHER, FreeWith<&EVP_CIPHER_free>>;
using EvpKdfCtxPtr = std::unique_ptr<EVP_KDF_CTX, FreeWith<&EVP_KDF_CTX_free>>;
using EvpKdfPtr = std::unique_ptr<EVP_KDF, FreeWith<&EVP_KDF_free>>;
using EvpMdPtr = std::unique_ptr<EVP_MD, FreeWith<&EVP_MD_free>>;
using EvpPkeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using EvpPkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, FreeWith<&EVP_PKEY_CTX_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<&GENERAL_NAMES_free>>;
using Pkcs12Ptr = std::unique_ptr<PKCS12, FreeWith<&PKCS12_free>>;
using ProviderPtr = std::unique_ptr<OSSL_PROVIDER, FreeWith<&OSSL_PROVIDER_unload>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<&SSL_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, FreeWith<&SSL_SESSION_free>>;
using OcspResponsePtr = std::unique_ptr<OCSP_RESPONSE, FreeWith<&OCSP_RESPONSE_free>>;
using StoreCtxPtr = std::unique_ptr<OSSL_STORE_CTX, FreeWith<&OSSL_STORE_close>>;
using StoreInfoPtr = std::unique_ptr<OSSL_STORE_INFO, FreeWith<&OSSL_STORE_INFO_free>>;
using UiMethodPtr = std::unique_ptr<UI_METHOD, FreeWith<&UI_destroy_method>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<&X509_free>>;
using X509CrlPtr = std::unique_ptr<X509_CRL, FreeWith<&X509_CRL_free>>;
using X509NamesPtr = std::unique_ptr<STACK_OF(X509_NAME), FreeNames>;
using X509StorePtr = std::unique_ptr<X509_STORE, FreeWith<&X509_STORE_free>>;
using X509StackPtr = std::unique_ptr<STACK_OF(X509), FreeX509Stack>;

}  // namespace mod_tls::ossl
