#ifndef ROOTOUT_BASE_DIGEST_H
#define ROOTOUT_BASE_DIGEST_H

/*
 * Hashes and the text forms of bytes. SHA-256 and HMAC are OpenSSL's.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE 65 /* with NUL */

void sha256(struct str data, unsigned char out[SHA256_SIZE]);
/* Of the concatenation of n pieces. */
void sha256_pieces(const struct str *pieces, size_t n, unsigned char out[SHA256_SIZE]);
void sha256_hex(struct str data, char out[SHA256_HEX_SIZE]);
void hmac_sha256(struct str key, struct str data, unsigned char out[SHA256_SIZE]);
/* Content-MD5; not for security. Empty where the system's policy forbids MD5. */
void md5_base64(struct str data, char out[25]);

/* 2n lowercase hex digits and a NUL. Reading takes both cases. */
void hex_put(const void *bytes, size_t n, char *out);
bool hex_get(struct str hex, unsigned char *out, size_t n) MUST_CHECK; /* exactly 2n digits */

/*
 * RFC 4648 with padding. base64_get is strict: no white space, no missing
 * padding, no bits behind the last byte, so that each value has one text.
 */
struct str base64_put(struct arena *a, struct str bytes);
bool base64_get(struct arena *a, struct str text, struct str *bytes) MUST_CHECK;

#endif
