#ifndef ROOTOUT_SANDBOX_SANDBOX_H
#define ROOTOUT_SANDBOX_SANDBOX_H

/*
 * A local AWS organization: what a command or a test starts.
 *
 *	struct sandbox_options opt = {.org_dir = "examples/stores"};
 *	struct sandbox *s = sandbox_open(&opt, &err);
 *	server_start(&(struct server_options){.handle = sandbox_handle, .ctx = s, …}, &err);
 *	…
 *	server_stop(&server);
 *	sandbox_close(&s);
 *
 * State: in memory, or in a folder (state_dir) as a log that is replayed at the
 * next start (sandbox/log.h), together with the CloudTrail files
 * (sandbox/trail.h). The folder is locked: two sandboxes never share one.
 *
 * Thread-safe once open.
 */

#include "base/err.h"
#include "net/server.h"
#include "sandbox/dispatch.h"

struct sandbox;

struct sandbox_options {
	const char *org_dir;   /* folder of YAML (sandbox/seed.h); NULL: `account` alone */
	const char *account;   /* without org_dir: id of the one account; NULL: 123456789012 */
	const char *state_dir; /* NULL: in memory only */
	bool open;   /* any key is the first account's administrator, signatures unchecked */
	bool seeded; /* seed is given: same ids, keys and faults at every start */
	uint64_t seed;
	const char *const *faults; /* sandbox/faults.h */
	size_t nfaults;
	int64_t now_ms; /* 0: the system's time; for tests */
};

/* Errors: ERR_INPUT (YAML, a damaged log: path and line), ERR_IO, ERR_REFUSED (folder in use). */
struct sandbox *sandbox_open(const struct sandbox_options *opt, struct err *err) MUST_CHECK;
/* Writes what is buffered. No request may be under way. */
void sandbox_close(struct sandbox **s);

/* server_options.handle; ctx is the sandbox. */
void sandbox_handle(const struct server_request *req, struct server_response *resp, void *ctx);

/* Whose connections /_sandbox/connections counts. NULL: nobody's. */
void sandbox_set_server(struct sandbox *s, struct server *server);

/* The shared-credentials file: one profile per account, and `management`. Mode 0600. */
bool sandbox_write_credentials(struct sandbox *s, const char *path, struct err *err) MUST_CHECK;

size_t sandbox_accounts(struct sandbox *s);
/* The state folder was there already and is continued. */
bool sandbox_continued(const struct sandbox *s);

/*
 * One call without HTTP and signature, as the owner of access_key_id, by the
 * same road from validation on. false: *fault says why. For tests.
 */
bool sandbox_call(struct sandbox *s, struct str access_key_id, const char *service, const char *op,
		  const struct val *in, struct arena *a, struct val **out,
		  struct api_fault *fault) MUST_CHECK;
/* The state, for tests: nobody else may be calling. */
struct world *sandbox_world(struct sandbox *s);
/* The administrator's access key id of an account (seeded ones); STR_NULL: none. */
struct str sandbox_admin_key(struct sandbox *s, struct str account_id);
void sandbox_advance(struct sandbox *s, int64_t by_ms); /* move its clock forward */

#endif
