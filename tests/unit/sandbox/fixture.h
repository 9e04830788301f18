#ifndef ROOTOUT_TEST_SANDBOX_FIXTURE_H
#define ROOTOUT_TEST_SANDBOX_FIXTURE_H

/*
 * A small organization to call, for tests of the sandbox:
 *
 *	struct fx f;
 *	fx_open(&f, NULL);		// or a state folder
 *	assert_true(fx_call(&f, f.admin, "sts", "GetCallerIdentity", "{}"));
 *	fx_get(&f, "Arn")		// of the answer
 *	fx_close(&f);
 *
 *	root ── Workloads ── Production
 *	111111111111 management	(at the root)
 *	222222222222 security		(at the root; delegated administrator for IAM)
 *	333333333333 production	(below Production)
 *	444444444444 closed		(suspended)
 *	555555555555 stranger		(no member)
 *
 * It stands in YAML below tests/unit/sandbox/org, so that a state folder can begin with it.
 */

#include "aws/sign.h"
#include "sandbox/sandbox.h"
#include "sandbox/world-private.h"
#include "text/json.h"

#define FX_NOW_MS INT64_C(1795000000000) /* 2026-11-18T11:06:40Z */

struct fx {
	struct sandbox *s;
	struct arena *a;
	struct str admin, security, production, closed; /* administrators' access key ids */
	struct val *out;
	struct api_fault fault;
};

struct fx_creds {
	struct str key, secret, token; /* token STR_NULL: none */
};

/* opt NULL: in memory, seed 1, at FX_NOW_MS; its org_dir is always set. */
void fx_open(struct fx *f, const struct sandbox_options *opt);
void fx_close(struct fx *f);
const char *fx_org_dir(void);

/* Input as JSON (blobs and times have no use here). The answer or fault is in f. */
bool fx_call(struct fx *f, struct str key, const char *service, const char *op, const char *json);
struct str fx_get(const struct fx *f, const char *name); /* of the answer; STR_NULL: absent */
/* "AccessDenied: User: …" of the fault. */
const char *fx_fault(struct fx *f);
struct str fx_dump(struct fx *f); /* the state with secrets */

/* Credentials of the last answer's Credentials. */
struct fx_creds fx_session(const struct fx *f);
struct fx_creds fx_creds_of(struct fx *f, struct str key);
/* Enables trusted access and both features. */
void fx_enable(struct fx *f);
/* AssumeRoot by `key`; true: f has the answer. */
bool fx_assume_root(struct fx *f, struct str key, const char *account, const char *task);

/* One signed HTTP request, as a client sends it. */
struct fx_http {
	struct fx_creds creds;
	const char *service, *op, *json;
	const char *host;         /* NULL: 127.0.0.1:4577 */
	int64_t skew_ms;          /* of the client's clock */
	const char *sign_service; /* NULL: service */
	bool unsigned_;
	bool tamper; /* a byte of the body is changed after signing */
};
struct server_response fx_send(struct fx *f, const struct fx_http *r);
struct str fx_error_code(const struct server_response *resp); /* of XML or JSON; STR_NULL */

/* A folder of the test's own; removed with all that is in it by fx_rmdir. */
char *fx_tempdir(void);
void fx_rmdir(char *dir);

#endif
