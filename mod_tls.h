/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */

/* The interface of mod_tls for other modules: providers of session and OCSP response caches, and
 * the TLSLog. It is a binary contract: modules compiled against the mod_tls.h of ProFTPD 1.3.8 or
 * later and modules compiled against this one can be mixed. t/abi/ holds the two side by side.
 *
 * ProFTPD's configure looks for these hints here when it builds mod_tls in its own tree:
 * $Archive: mod_tls.a $
 * $Libraries: -lssl -lcrypto -lstdc++ $
 */
#ifndef MOD_TLS_H
#define MOD_TLS_H

/* C modules get the host's headers along with this one, as they always did. In C++ the names that
 * occur here are only declared, so that nothing of ProFTPD or OpenSSL is needed; a source that
 * wants conf.h, too, includes it first, inside extern "C". */
#ifdef __cplusplus
#include <ctime>

struct pool_rec;
struct ssl_session_st;
struct ocsp_response_st;
typedef struct pool_rec pool;
typedef struct ssl_session_st SSL_SESSION;
typedef struct ocsp_response_st OCSP_RESPONSE;
#else
#include "conf.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#ifdef PR_USE_OPENSSL_OCSP
#include <openssl/ocsp.h>
#endif
#endif

/* `add` and `get` of an OCSP cache exist only where the host was built with OCSP support, and a C
 * module learns that from conf.h. C++ always has them: a host without refuses to register OCSP
 * caches (ENOSYS), so that nothing behind `close` is ever touched there. */
#if defined(__cplusplus) || defined(PR_USE_OPENSSL_OCSP)
#define MOD_TLS_HAVE_OCSP_MEMBERS 1
#endif

/* The member called `delete` in C is `delete_` in C++. */
#ifdef __cplusplus
#define MOD_TLS_DELETE_MEMBER delete_
#else
#define MOD_TLS_DELETE_MEMBER delete
#endif

#ifdef __GNUC__
#define MOD_TLS_PRINTF __attribute__((format(printf, 1, 2)))
#define MOD_TLS_API __attribute__((visibility("default")))
#else
#define MOD_TLS_PRINTF
#define MOD_TLS_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Writes one line to the TLSLog in force: 0, also without a TLSLog, or -1. */
MOD_TLS_API int tls_log(const char *fmt, ...) MOD_TLS_PRINTF;

/* Qualifies the input of d2i_SSL_SESSION(). */
#define TLS_D2I_SSL_SESSION_CONST const

/* For `status`: list the sessions, too. */
#define TLS_SESS_CACHE_STATUS_FL_SHOW_SESSIONS 0x001

/* A cache of sessions. Functions that return int: 0, or -1 with errno, unless said otherwise. */
typedef struct sess_cache_st tls_sess_cache_t;

struct sess_cache_st {
  const char *cache_name; /* Set when it is registered, and valid for good. */
  pool *cache_pool;       /* The provider's own. */
  void *cache_data;       /* The provider's own. */
  long cache_timeout;     /* Life of an entry, in seconds; the provider keeps what open() got. */
  long cache_mode;        /* SSL_SESS_CACHE_* flags to add to SSL_SESS_CACHE_SERVER. */

  /* `info` is what follows "<provider>:" in the directive; it may be written to. Called in the
   * daemon at start, and again at each restart without a close() in between. */
  int (*open)(tls_sess_cache_t *cache, char *info, long timeout);
  int (*close)(tls_sess_cache_t *cache);

  /* `expires` is absolute; `session` stays the caller's. */
  int (*add)(tls_sess_cache_t *cache, const unsigned char *sess_id, unsigned int sess_id_len,
             time_t expires, SSL_SESSION *session);
  /* A session that the caller owns, or NULL with errno; ENOENT: there is none. */
  SSL_SESSION *(*get)(tls_sess_cache_t *cache, const unsigned char *sess_id,
                      unsigned int sess_id_len);
  int (*MOD_TLS_DELETE_MEMBER)(tls_sess_cache_t *cache, const unsigned char *sess_id,
                               unsigned int sess_id_len);

  /* Empties the cache: the number of sessions removed, or -1 with errno. */
  int (*clear)(tls_sess_cache_t *cache);
  /* Destroys what the cache is kept in. */
  int (*remove)(tls_sess_cache_t *cache);
  /* Describes the cache by calls of writef(arg, format, ...), one line each. */
  int (*status)(tls_sess_cache_t *cache, void (*writef)(void *arg, const char *fmt, ...), void *arg,
                int flags);
};

/* Makes `handler` known as `name` for TLSSessionCache; `handler` must stay until it is taken back.
 * 0, or -1 with errno: EINVAL (a null pointer), EEXIST (the name is taken). */
MOD_TLS_API int tls_sess_cache_register(const char *name, tls_sess_cache_t *handler);

/* Takes it back; the cache in use is closed first. 0, or -1 with errno: EINVAL (a null pointer),
 * ENOENT (no such name). */
MOD_TLS_API int tls_sess_cache_unregister(const char *name);

/* A cache of OCSP responses. `fingerprint` is the SHA-1 of the server certificate in lower-case
 * hex; `age` is the absolute time at which the response was obtained. */
typedef struct ocsp_cache_st tls_ocsp_cache_t;

struct ocsp_cache_st {
  const char *cache_name;
  pool *cache_pool;
  void *cache_data;

  int (*open)(tls_ocsp_cache_t *cache, char *info);
  int (*close)(tls_ocsp_cache_t *cache);

#ifdef MOD_TLS_HAVE_OCSP_MEMBERS
  /* `response` stays the caller's. */
  int (*add)(tls_ocsp_cache_t *cache, const char *fingerprint, OCSP_RESPONSE *response, time_t age);
  /* A response that the caller owns, or NULL with errno; ENOENT: there is none. */
  OCSP_RESPONSE *(*get)(tls_ocsp_cache_t *cache, const char *fingerprint, time_t *age);
#endif
  int (*MOD_TLS_DELETE_MEMBER)(tls_ocsp_cache_t *cache, const char *fingerprint);

  int (*clear)(tls_ocsp_cache_t *cache);
  int (*remove)(tls_ocsp_cache_t *cache);
  int (*status)(tls_ocsp_cache_t *cache, void (*writef)(void *arg, const char *fmt, ...), void *arg,
                int flags);
};

/* As for sessions, for TLSStaplingCache; a host without OCSP support: -1 with ENOSYS. */
MOD_TLS_API int tls_ocsp_cache_register(const char *name, tls_ocsp_cache_t *handler);
MOD_TLS_API int tls_ocsp_cache_unregister(const char *name);

#ifdef __cplusplus
}
#endif

#undef MOD_TLS_DELETE_MEMBER

#endif /* MOD_TLS_H */
