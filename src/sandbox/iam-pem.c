#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "sandbox/iam-private.h"

/*
 * Just enough of PEM and DER to refuse what is not a certificate and to know
 * when one ends (RFC 5280, 4.1). Nothing is verified: a sandbox trusts nobody
 * because of a certificate.
 */

/* ---- PEM ---- */

/* The next block: its label ("CERTIFICATE") and bytes. *rest moves behind it. */
static bool next_block(struct arena *a, struct str *rest, struct str *label, struct str *der)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";
	struct str s = str_trim(*rest);
	ptrdiff_t at;

	if (!str_startsz(s, begin))
		return false;
	s = str_from(s, sizeof(begin) - 1);
	at = str_find(s, str_of(dashes));
	if (at < 0)
		return false;
	*label = str_sub(s, 0, (size_t)at);
	s = str_from(s, (size_t)at + sizeof(dashes) - 1);
	at = str_find(s, str_of(end));
	if (at < 0)
		return false;
	char *text = arena_alloc(a, (size_t)at + 1);
	size_t n = 0;
	for (size_t i = 0; i < (size_t)at; i++)
		if (!strchr(" \t\r\n", s.p[i]))
			text[n++] = s.p[i];
	s = str_from(s, (size_t)at + sizeof(end) - 1);
	if (!str_starts(s, *label) || !str_startsz(str_from(s, label->n), dashes))
		return false;
	*rest = str_from(s, label->n + sizeof(dashes) - 1);
	return n > 0 && base64_get(a, str_ofn(text, n), der);
}

/* ---- DER ---- */

/* One element: its tag and content. *rest moves behind it. */
static bool der_next(struct str *rest, unsigned *tag, struct str *content)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t n = rest->n, head = 2, len;

	if (n < 2)
		return false;
	*tag = p[0];
	len = p[1];
	if (len & 0x80) {
		size_t bytes = len & 0x7F;
		if (bytes < 1 || bytes > 4 || n < 2 + bytes)
			return false;
		len = 0;
		for (size_t i = 0; i < bytes; i++)
			len = len << 8 | p[2 + i];
		head += bytes;
	}
	if (len > n - head)
		return false;
	*content = str_sub(*rest, head, len);
	*rest = str_from(*rest, head + len);
	return true;
}

static bool der_need(struct str *rest, unsigned tag, struct str *content)
{
	unsigned is;

	return der_next(rest, &is, content) && is == tag;
}

#define DER_SEQUENCE 0x30
#define DER_INTEGER 0x02
#define DER_UTC_TIME 0x17
#define DER_GENERALIZED_TIME 0x18
#define DER_VERSION 0xA0

/* "YYMMDDHHMMSSZ" is of 1950 to 2049; "YYYYMMDDHHMMSSZ" from then on. */
static bool read_time(unsigned tag, struct str text, int64_t *ms)
{
	char iso[TIME_ISO_SIZE + 4];
	const char *century = "";

	if (tag == DER_UTC_TIME && text.n == 13)
		century = text.p[0] >= '5' ? "19" : "20";
	else if (tag != DER_GENERALIZED_TIME || text.n != 15)
		return false;
	size_t n = strlen(century);
	memcpy(iso, century, n);
	memcpy(iso + n, text.p, 8 - n);
	iso[8] = 'T';
	memcpy(iso + 9, text.p + 8 - n, 7);
	return time_parse_amz(str_ofn(iso, 16), ms);
}

/* Certificate ::= SEQ { tbs SEQ { [0] version, serial, algorithm, issuer, validity SEQ {…} … } … } */
static bool read_certificate(struct str der, int64_t *not_after_ms)
{
	struct str certificate, tbs, skipped, validity;
	unsigned tag;

	if (!der_need(&der, DER_SEQUENCE, &certificate) || der.n ||
	    !der_need(&certificate, DER_SEQUENCE, &tbs))
		return false;
	if (tbs.n && (unsigned char)tbs.p[0] == DER_VERSION && !der_next(&tbs, &tag, &skipped))
		return false;
	if (!der_need(&tbs, DER_INTEGER, &skipped) || !der_need(&tbs, DER_SEQUENCE, &skipped) ||
	    !der_need(&tbs, DER_SEQUENCE, &skipped) || !der_need(&tbs, DER_SEQUENCE, &validity) ||
	    !der_next(&validity, &tag, &skipped) || !der_next(&validity, &tag, &skipped))
		return false;
	return read_time(tag, skipped, not_after_ms);
}

/* ---- what IAM takes ---- */

bool iam_pem_certificate(struct arena *a, struct str text, int64_t *not_after_ms)
{
	struct str label, der;
	int64_t ms;

	return next_block(a, &text, &label, &der) && str_eqz(label, "CERTIFICATE") &&
	       str_trim(text).n == 0 && read_certificate(der, not_after_ms ? not_after_ms : &ms);
}

bool iam_pem_chain(struct arena *a, struct str text)
{
	struct str label, der;
	int64_t ms;

	do {
		if (!next_block(a, &text, &label, &der) || !str_eqz(label, "CERTIFICATE") ||
		    !read_certificate(der, &ms))
			return false;
	} while (str_trim(text).n);
	return true;
}

bool iam_pem_private_key(struct arena *a, struct str text)
{
	struct str label, der, content;

	return next_block(a, &text, &label, &der) && str_endsz(label, "PRIVATE KEY") &&
	       !str_startsz(label, "ENCRYPTED") && str_trim(text).n == 0 &&
	       der_need(&der, DER_SEQUENCE, &content);
}
