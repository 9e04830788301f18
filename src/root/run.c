#include <string.h>

#include "base/rng.h"
#include "root/root.h"

/* A day's runs sort by name; four characters tell apart those of one second. */
static struct str run_id(struct aws *aws, struct arena *a)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	char time[TIME_ISO_SIZE], tail[5];
	struct rng rng;
	uint64_t seed;

	rng_bytes(&seed, sizeof(seed));
	rng_seed(&rng, seed);
	rng_text(&rng, alphabet, tail, 4);
	return arena_printf(a, "%s-%s", time_amz(aws_now_ms(aws), time), tail);
}

bool root_run_begin(struct root_run *run, struct aws *aws, struct store *store, struct str reason,
		    struct arena *a, struct err *err)
{
	struct val *me;

	*run = (struct root_run){.aws = aws, .store = store, .reason = reason};
	run->worker = aws_worker_new(aws);
	run->caller = aws_default_identity(aws);
	run->endpoint = aws_endpoint(aws, STR("sts"));
	if (!aws_call(run->worker, run->caller, "sts", "GetCallerIdentity", NULL, a, &me, err)) {
		root_run_end(run);
		return false;
	}
	run->who = arena_str(a, val_get_str(me, "Arn"));
	run->who_account = arena_str(a, val_get_str(me, "Account"));
	run->id = run_id(aws, a);
	run->pool = pool_new(aws_connections(aws), aws_pool_worker_init, aws_pool_worker_done, aws);
	return true;
}

void root_run_end(struct root_run *run)
{
	pool_free(&run->pool);
	aws_worker_free(&run->worker);
}

bool root_check_accounts(const struct org *o, struct err *err)
{
	return o->naccounts ||
	       err_set(err, ERR_PROTOCOL,
		       "organizations:ListAccounts: no account came, and an organization has at "
		       "least its management account: is this AWS's endpoint?");
}

const char *root_state_name(enum root_state s)
{
	switch (s) {
	case ROOT_STATE_UNREAD:
		return "unread";
	case ROOT_STATE_ROOTLESS:
		return "rootless";
	case ROOT_STATE_CREDENTIALS:
		return "credentials";
	case ROOT_STATE_SUSPENDED:
		return "suspended";
	case ROOT_STATE_MANAGEMENT:
		return "management";
	case ROOT_STATE_RETIRED:
		return "retired";
	case ROOT_STATE_RESTORED:
		return "restored";
	case ROOT_STATE_SKIPPED:
		return "skipped";
	case ROOT_STATE_FAILED:
		return "failed";
	}
	BUG("root state %d", s);
}

enum tri root_has_credentials(const struct root_facts *f)
{
	const enum tri facts[] = {f->password, f->mfa, f->keys_present, f->certs_present};
	enum tri all = TRI_NO;

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		if (facts[i] == TRI_YES)
			return TRI_YES;
		if (facts[i] == TRI_UNKNOWN)
			all = TRI_UNKNOWN;
	}
	return all;
}
