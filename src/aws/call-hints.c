/* AWS says what is wrong; here stands what to do about it. */

#include "aws/call-private.h"

struct hint {
	const char *code;
	const char *text;
	bool own_only; /* only where the credentials are the caller's own */
};

static const struct hint hints[] = {
	{"ExpiredToken", "sign in again, or get new credentials", true},
	{"ExpiredTokenException", "sign in again, or get new credentials", true},
	{"InvalidClientTokenId", "is the key deleted, inactive, or of another partition?", true},
	{"UnrecognizedClientException", "is the key deleted, inactive, or of another partition?",
	 true},
	{"SignatureDoesNotMatch", "does the secret access key belong to this key id?", true},
	{"InvalidSignatureException", "does the secret access key belong to this key id?", true},
	{"RequestTimeTooSkewed", "set this machine's clock", false},
	{"RegionDisabledException",
	 "STS is not active in this region: choose another with --region", false},
	{"OptInRequired", "is the account signed up and the region enabled?", false},
};

void call_hint(const struct call *c, struct err *err)
{
	char source[256];
	struct err with = *err;

	if (err->kind != ERR_AWS)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		if (!str_eqz(str_of(err->aws_code), hints[i].code) ||
		    (hints[i].own_only && !c->id->own))
			continue;
		identity_describe(c->id, source, sizeof(source));
		/* err_set writes a new error: keep what AWS said of itself. */
		err_set(&with, ERR_AWS, "%s [credentials: %s; %s]", err->message, source,
			hints[i].text);
		__builtin_memcpy(err->message, with.message, sizeof(err->message));
		return;
	}
}
