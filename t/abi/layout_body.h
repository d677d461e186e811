// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// What both headers are asked: every offset, size, type and constant. The three programs that
// include this file print the same text, or the headers differ.
//
// The including file has defined DELETE_MEMBER and TYPE_CHECK(expression, type), and has included
// <stddef.h>, <stdio.h> and the header in question.

#define OFFSET(type, member) printf(#type "." #member " %zu\n", offsetof(struct type, member))
// The member called `delete` has its own spelling in C++, and one name in the output.
#define OFFSET_DELETE(type) printf(#type ".delete %zu\n", offsetof(struct type, DELETE_MEMBER))

typedef void (*status_writer)(void *, const char *, ...);

static void print_sessions(void) {
  printf("sess_cache_st %zu\n", sizeof(struct sess_cache_st));
  OFFSET(sess_cache_st, cache_name);
  OFFSET(sess_cache_st, cache_pool);
  OFFSET(sess_cache_st, cache_data);
  OFFSET(sess_cache_st, cache_timeout);
  OFFSET(sess_cache_st, cache_mode);
  OFFSET(sess_cache_st, open);
  OFFSET(sess_cache_st, close);
  OFFSET(sess_cache_st, add);
  OFFSET(sess_cache_st, get);
  OFFSET_DELETE(sess_cache_st);
  OFFSET(sess_cache_st, clear);
  OFFSET(sess_cache_st, remove);
  OFFSET(sess_cache_st, status);
}

static void print_ocsp(void) {
  printf("ocsp_cache_st %zu\n", sizeof(struct ocsp_cache_st));
  OFFSET(ocsp_cache_st, cache_name);
  OFFSET(ocsp_cache_st, cache_pool);
  OFFSET(ocsp_cache_st, cache_data);
  OFFSET(ocsp_cache_st, open);
  OFFSET(ocsp_cache_st, close);
#if defined(__cplusplus) || defined(PR_USE_OPENSSL_OCSP)
  OFFSET(ocsp_cache_st, add);
  OFFSET(ocsp_cache_st, get);
#endif
  OFFSET_DELETE(ocsp_cache_st);
  OFFSET(ocsp_cache_st, clear);
  OFFSET(ocsp_cache_st, remove);
  OFFSET(ocsp_cache_st, status);
}

static void check_session_types(const tls_sess_cache_t *cache) {
  TYPE_CHECK(cache->cache_name, const char *);
  TYPE_CHECK(cache->cache_pool, pool *);
  TYPE_CHECK(cache->cache_data, void *);
  TYPE_CHECK(cache->cache_timeout, long);
  TYPE_CHECK(cache->cache_mode, long);
  TYPE_CHECK(cache->open, int (*)(tls_sess_cache_t *, char *, long));
  TYPE_CHECK(cache->close, int (*)(tls_sess_cache_t *));
  TYPE_CHECK(cache->add, int (*)(tls_sess_cache_t *, const unsigned char *, unsigned int, time_t,
                                 SSL_SESSION *));
  TYPE_CHECK(cache->get,
             SSL_SESSION * (*)(tls_sess_cache_t *, const unsigned char *, unsigned int));
  TYPE_CHECK(cache->DELETE_MEMBER,
             int (*)(tls_sess_cache_t *, const unsigned char *, unsigned int));
  TYPE_CHECK(cache->clear, int (*)(tls_sess_cache_t *));
  TYPE_CHECK(cache->remove, int (*)(tls_sess_cache_t *));
  TYPE_CHECK(cache->status, int (*)(tls_sess_cache_t *, status_writer, void *, int));
}

static void check_ocsp_types(const tls_ocsp_cache_t *cache) {
  TYPE_CHECK(cache->cache_name, const char *);
  TYPE_CHECK(cache->cache_pool, pool *);
  TYPE_CHECK(cache->cache_data, void *);
  TYPE_CHECK(cache->open, int (*)(tls_ocsp_cache_t *, char *));
  TYPE_CHECK(cache->close, int (*)(tls_ocsp_cache_t *));
#if defined(__cplusplus) || defined(PR_USE_OPENSSL_OCSP)
  TYPE_CHECK(cache->add, int (*)(tls_ocsp_cache_t *, const char *, OCSP_RESPONSE *, time_t));
  TYPE_CHECK(cache->get, OCSP_RESPONSE * (*)(tls_ocsp_cache_t *, const char *, time_t *));
#endif
  TYPE_CHECK(cache->DELETE_MEMBER, int (*)(tls_ocsp_cache_t *, const char *));
  TYPE_CHECK(cache->clear, int (*)(tls_ocsp_cache_t *));
  TYPE_CHECK(cache->remove, int (*)(tls_ocsp_cache_t *));
  TYPE_CHECK(cache->status, int (*)(tls_ocsp_cache_t *, status_writer, void *, int));
}

static void check_functions(void) {
  TYPE_CHECK(&tls_log, int (*)(const char *, ...));
  TYPE_CHECK(&tls_sess_cache_register, int (*)(const char *, tls_sess_cache_t *));
  TYPE_CHECK(&tls_sess_cache_unregister, int (*)(const char *));
  TYPE_CHECK(&tls_ocsp_cache_register, int (*)(const char *, tls_ocsp_cache_t *));
  TYPE_CHECK(&tls_ocsp_cache_unregister, int (*)(const char *));
}

#define TEXT_OF(macro) QUOTED(macro)
#define QUOTED(text) #text

int main(void) {
  check_session_types(NULL);
  check_ocsp_types(NULL);
  check_functions();
  print_sessions();
  print_ocsp();
  printf("TLS_SESS_CACHE_STATUS_FL_SHOW_SESSIONS %d\n", TLS_SESS_CACHE_STATUS_FL_SHOW_SESSIONS);
  printf("TLS_D2I_SSL_SESSION_CONST %s\n", TEXT_OF(TLS_D2I_SSL_SESSION_CONST));
  return 0;
}
