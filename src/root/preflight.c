#include "root/preflight.h"

#include "org/live.h"

#define STALE_MS (INT64_C(7) * 86400000)
/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities */
#define STS_PER_SECOND 600

struct checking {
	struct root_run *run;
	struct preflight *p;
	struct causes *causes; /* NULL: policies could not be read */
	struct err causes_err;
	struct guard guard;
	struct arena *arena;
};

static void put(struct arena *a, struct finding **v, size_t *n, size_t *cap, struct finding f)
{
	*v = arena_grow(a, *v, *n, cap, sizeof(**v));
	(*v)[(*n)++] = f;
}

static void find_org(struct checking *c, enum finding_level level, const char *rule,
		     struct str text, struct str mend)
{
	struct finding f = {.level = level, .rule = rule, .text = text, .mend = mend};

	put(c->arena, &c->p->findings, &c->p->nfindings, &c->p->cap, f);
}

static void find(struct checking *c, struct preflight_account *pa, struct finding f)
{
	put(c->arena, &pa->findings, &pa->nfindings, &pa->cap, f);
	if (f.level > pa->worst)
		pa->worst = f.level;
}

/* ---- the organization ---- */

static void check_features(struct checking *c)
{
	struct err err = {0};
	struct val *out;
	bool credentials = false;

	if (aws_call(c->run->worker, c->run->caller, "iam", "ListOrganizationsFeatures", NULL,
		     c->arena, &out, &err)) {
		VAL_EACH(f, val_get(out, "EnabledFeatures"))
		credentials |= str_eqz(val_str(f), "RootCredentialsManagement");
		if (!credentials)
			find_org(c, FINDING_BLOCKER, "feature-off",
				 STR("the feature RootCredentialsManagement is off"),
				 STR("rootout root enable"));
	} else if (err_is_aws(&err, "ServiceAccessNotEnabledException")) {
		find_org(c, FINDING_BLOCKER, "trusted-access-off",
			 STR("trusted access for iam.amazonaws.com is off"),
			 STR("rootout root enable"));
	} else {
		find_org(c, FINDING_UNKNOWN, "features-unknown", arena_strz(c->arena, err.message),
			 STR_NULL);
	}
}

static bool take_handshake(const struct val *row, void *ctx)
{
	struct checking *c = ctx;
	struct str state = val_get_str(row, "State");
	struct str action = val_get_str(row, "Action");

	if (!str_eqz(state, "REQUESTED") && !str_eqz(state, "OPEN"))
		return true;
	find_org(c, FINDING_UNKNOWN, "handshake-pending",
		 arena_printf(c->arena, "handshake %.*s (%.*s) is %.*s%s",
			      STR_ARG(val_get_str(row, "Id")), STR_ARG(action), STR_ARG(state),
			      str_eqz(action, "INVITE")
				      ? ": an account that joins later brings its root user with it"
				      : ""),
		 STR("settle it, then take the inventory again"));
	return true;
}

static void check_handshakes(struct checking *c)
{
	struct err err = {0};

	if (!aws_pages(c->run->worker, c->run->caller, "organizations",
		       "ListHandshakesForOrganization", NULL, take_handshake, c, &err))
		find_org(c, FINDING_UNKNOWN, "handshakes-unknown",
			 arena_strz(c->arena, err.message), STR_NULL);
}

/* ---- one account ---- */

static void check_policies(struct checking *c, struct preflight_account *pa)
{
	static const enum root_task tasks[] = {ROOT_TASK_AUDIT, ROOT_TASK_DELETE};
	struct err err = {0};
	struct cause *v;
	size_t n;

	if (!c->causes) {
		find(c, pa,
		     (struct finding){
			     .level = FINDING_UNKNOWN,
			     .rule = "policies-unknown",
			     .text = arena_printf(
				     c->arena,
				     "whether a policy blocks root sessions is not known: %s",
				     c->causes_err.message),
		     });
		return;
	}
	for (size_t t = 0; t < ARRAY_SIZE(tasks); t++) {
		if (!causes_of_block(c->causes, pa->account, tasks[t], c->arena, &v, &n, &err)) {
			find(c, pa,
			     (struct finding){
				     .level = FINDING_UNKNOWN,
				     .rule = "policies-unknown",
				     .text = arena_strz(c->arena, err.message),
			     });
			return;
		}
		for (size_t i = 0; i < n; i++)
			find(c, pa,
			     (struct finding){
				     .level = FINDING_BLOCKER,
				     .rule = "scp-blocks-root-session",
				     .text = v[i].text,
				     .mend = STR("except root sessions: \"Null\": "
						 "{\"aws:AssumedRoot\": "
						 "\"true\"} in the statement's Condition ('rootout "
						 "root "
						 "preflight --mend')"),
				     .policy = v[i].policy,
				     .target_id = v[i].target_id,
			     });
		if (n)
			return; /* the same statement denies the other task's calls, too */
	}
}

static const struct root_facts *last_facts(const struct checking *c, const struct org_account *acct)
{
	for (size_t i = 0; c->guard.last && i < c->guard.last->nrows; i++)
		if (str_eq(c->guard.last->rows[i]->account->id, acct->id))
			return c->guard.last->rows[i];
	return NULL;
}

static void check_guard(struct checking *c, struct preflight_account *pa)
{
	struct str reason;

	switch (guard_check(&c->guard, pa->account, c->arena, &reason)) {
	case GUARD_NONE:
		break;
	case GUARD_KEPT:
		find(c, pa,
		     (struct finding){.level = FINDING_INFO, .rule = "kept", .text = reason});
		break;
	case GUARD_RESTORED:
		find(c, pa,
		     (struct finding){.level = FINDING_INFO, .rule = "restored", .text = reason});
		break;
	case GUARD_WORK:
		find(c, pa,
		     (struct finding){
			     .level = FINDING_BLOCKER,
			     .rule = "root-work-open",
			     .text = reason,
			     .mend = STR("do it, then set 'done: true' in root.yaml"),
		     });
		break;
	case GUARD_KEY_USED:
		find(c, pa,
		     (struct finding){
			     .level = FINDING_BLOCKER,
			     .rule = "key-in-use",
			     .text = reason,
			     .mend = STR(
				     "give what uses it a role, then 'retire --allow-used-keys'"),
		     });
		break;
	}
}

static void check_keys_known(struct checking *c, struct preflight_account *pa,
			     const struct root_facts *f)
{
	struct finding unknown = {.level = FINDING_UNKNOWN, .rule = "key-use-unknown"};
	char ago[TIME_ISO_SIZE];

	if (!f || !f->read_ms) {
		unknown.text =
			STR("no inventory has read this account: whether root keys are in use is "
			    "not known");
		unknown.mend = STR(
			"rootout root inventory --via role NAME (no root event), or rootout root "
			"inventory");
	} else if (f->keys_present == TRI_YES && !f->have_keys) {
		unknown.text =
			STR("it has root access keys; when they were last used was not read");
		unknown.mend = STR("rootout root inventory");
	} else if (c->guard.now_ms - f->read_ms > STALE_MS) {
		unknown.text =
			arena_printf(c->arena, "the last inventory that read it is %s old",
				     duration_text(c->guard.now_ms - f->read_ms + 30000, ago));
		unknown.mend = STR("rootout root inventory");
	} else {
		return;
	}
	find(c, pa, unknown);
}

/* 4 calls an account that has something, 2 of them as root; 2 and 1 where there is nothing. */
static void forecast(struct preflight_account *pa, const struct root_facts *f)
{
	struct forecast *fc = &pa->forecast;

	fc->accounts = 1;
	if (f && f->read_ms && root_has_credentials(f) == TRI_NO) {
		fc->assume_root = 1;
		fc->summaries = 1;
		return;
	}
	fc->assume_root = 2;
	fc->summaries = 2;
	if (!f || !f->read_ms) {
		fc->at_least = true;
		return;
	}
	fc->lists =
		(f->keys_present == TRI_YES) + (f->certs_present == TRI_YES) + (f->mfa == TRI_YES);
	fc->deletions = (f->password == TRI_YES) + f->nkeys + f->ncerts + f->nmfa;
	fc->at_least = (f->keys_present == TRI_YES && !f->have_keys) ||
		       (f->certs_present == TRI_YES && !f->have_certs) ||
		       (f->mfa == TRI_YES && !f->have_mfa);
}

static void add_forecast(struct forecast *to, const struct forecast *f)
{
	to->accounts += f->accounts;
	to->assume_root += f->assume_root;
	to->summaries += f->summaries;
	to->lists += f->lists;
	to->deletions += f->deletions;
	to->at_least |= f->at_least;
}

static void check_account(struct checking *c, struct preflight_account *pa)
{
	const struct root_facts *f = last_facts(c, pa->account);
	enum org_state state = pa->account->state;

	if (pa->account->management) {
		pa->out_of_reach = true;
		find(c, pa,
		     (struct finding){
			     .level = FINDING_INFO,
			     .rule = "management-account",
			     .text = STR("the management account keeps its root user: guard it "
					 "with MFA"),
		     });
		return;
	}
	if (state != ORG_STATE_ACTIVE && state != ORG_STATE_UNKNOWN) {
		pa->out_of_reach = true;
		find(c, pa,
		     (struct finding){
			     .level = FINDING_INFO,
			     .rule = "not-active",
			     .text = arena_printf(c->arena,
						  "the account is %.*s: no session is possible",
						  STR_ARG(org_state_name(state))),
		     });
		return;
	}
	check_policies(c, pa);
	check_guard(c, pa);
	check_keys_known(c, pa, f);
	forecast(pa, f);
	add_forecast(&c->p->forecast, &pa->forecast);
}

static void check_quota(struct checking *c)
{
	size_t calls = c->p->forecast.assume_root;

	find_org(c, FINDING_INFO, "quota",
		 arena_printf(
			 c->arena,
			 "%zu sts:AssumeRoot calls from account %.*s: at STS's default quota of %d "
			 "a "
			 "second that is %zu s at least; rootout slows down when it is throttled",
			 calls, STR_ARG(c->run->who_account), STS_PER_SECOND,
			 (calls + STS_PER_SECOND - 1) / STS_PER_SECOND),
		 STR_NULL);
}

/* Policies can be out of a delegate's reach: then accounts are listed without them. */
static bool read_org(struct checking *c, const struct org_choice *choice, struct err *err)
{
	struct org_live_options live = {.parts = ORG_ACCOUNTS | ORG_UNITS | ORG_POLICIES |
						 org_choice_needs(choice),
					.pool = c->run->pool};
	struct org_live_options less = {.parts = ORG_ACCOUNTS | org_choice_needs(choice),
					.pool = c->run->pool};

	if (org_read_live(c->run->worker, c->run->caller, &live, c->arena, &c->p->org,
			  &c->causes_err)) {
		c->causes = causes_new(c->p->org, c->arena, &c->causes_err);
		return true;
	}
	return org_read_live(c->run->worker, c->run->caller, &less, c->arena, &c->p->org, err);
}

static bool read_memory(struct checking *c, const struct org *files, int64_t used_within_ms,
			struct inventory **last, struct err *err)
{
	struct restore *open;
	size_t n;

	c->run->org_id = c->p->org->id;
	c->run->management_id = c->p->org->management_id;
	if (!inventory_last_read(c->run, c->run->org_id, last, err) ||
	    !restores_open(c->run, c->run->org_id, false, 0, c->arena, &open, &n, err))
		return false;
	c->guard = (struct guard){
		.files = files,
		.last = *last,
		.restores = open,
		.nrestores = n,
		.now_ms = aws_now_ms(c->run->aws),
		.used_within_ms = used_within_ms,
	};
	return true;
}

bool preflight_take(struct root_run *run, const struct org_choice *choice, const struct org *files,
		    int64_t used_within_ms, struct arena *a, struct preflight **out,
		    struct err *err)
{
	struct preflight *p = arena_new_of(a, struct preflight);
	struct checking c = {.run = run, .p = p, .arena = a};
	struct inventory *last = NULL;
	bool unknown;

	p->arena = a;
	p->caller_region = aws_region(run->aws);
	if (!read_org(&c, choice, err) || !root_check_accounts(p->org, err) ||
	    !org_choice_check(p->org, choice, err) ||
	    !read_memory(&c, files, used_within_ms, &last, err))
		return false;
	check_features(&c);
	check_handshakes(&c);
	p->accounts = arena_calloc(a, p->org->naccounts + 1, sizeof(*p->accounts));
	for (size_t i = 0; i < p->org->naccounts; i++) {
		struct preflight_account *pa = &p->accounts[p->naccounts];

		unknown = false;
		if (!org_chosen(p->org, choice, p->org->accounts[i], &unknown) && !unknown)
			continue;
		pa->account = p->org->accounts[i];
		p->naccounts++;
		if (unknown) /* neither in nor out: it must not vanish */
			find(&c, pa,
			     (struct finding){
				     .level = FINDING_UNKNOWN,
				     .rule = "choice-unknown",
				     .text = STR("its tags or unit could not be read: not known "
						 "whether it is chosen"),
			     });
		else
			check_account(&c, pa);
	}
	check_quota(&c);
	inventory_free(&last);
	*out = p;
	return true;
}
