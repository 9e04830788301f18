#ifndef ROOTOUT_TESTS_CALL_TEST_H
#define ROOTOUT_TESTS_CALL_TEST_H

/*
 * A scripted AWS on a port of loopback, and a struct aws that talks to it.
 *
 *	struct fake f;
 *	fake_start(&f, steps, n);	// steps are played in order, the last one repeats
 *	fake_connect(&f, &settings);	// f.aws, f.worker; credentials from the environment
 *	...
 *	fake_stop(&f);
 */

#include <stddef.h>

#include "aws/call.h"
#include "net/server.h"

struct step {
	int status;
	const char *body;
	const char *type; /* NULL: text/xml, or JSON where the body begins with '{' */
	const char *header, *value;
	bool reset;
	size_t truncate_at;
	size_t repeat_body; /* the body is 'x' so many times more */
	/* Instead of all that: fills resp itself. */
	void (*handle)(const struct server_request *req, struct server_response *resp, void *ctx);
};

struct seen {
	char method[8], path[128], query[128];
	char body[4096], authorization[512], token[512], date[32], host[64], agent[64];
};

#define SEEN_MAX 128

struct fake {
	struct server *server;
	const struct step *steps;
	size_t n;
	size_t count;
	struct seen seen[SEEN_MAX];
	char url[64];
	const struct clock *clock; /* what Date says */
	void *ctx;
	struct aws *aws;
	struct aws_worker *worker;
	struct aws_identity *me;
	struct arena *a;
	struct err err;
	struct aws_call_info info;
	struct val *out;
};

/* No variable of AWS's, no files, no proxy; keys AKIDEXAMPLE. */
void fake_environment(void);
void fake_start(struct fake *f, const struct step *steps, size_t n);
void fake_connect(struct fake *f, struct aws_settings settings);
void fake_stop(struct fake *f);

/* aws_call_ex with the fake's own; false: f->err. */
bool fake_call(struct fake *f, const char *service, const char *op, const struct val *in);

#define FAKE_KEY "AKIDEXAMPLE"
#define FAKE_SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

#define IDENTITY_BODY                                                                     \
	"<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">" \
	"<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a</Arn>"            \
	"<UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult>"  \
	"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"                 \
	"</GetCallerIdentityResponse>"
#define ERROR_BODY(code, message)                                                                \
	"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender" \
	"</Type><Code>" code "</Code><Message>" message "</Message></Error><RequestId>r-2"       \
	"</RequestId></ErrorResponse>"

#endif
