#include "org/reality.h"

#include "base/clock.h"
#include "base/file.h"
#include "org/reality-private.h"
#include "text/show.h"
#include "text/yaml.h"

struct reality_account *org_reality_of(const struct org_reality *r, const struct org_account *acct)
{
	for (size_t i = 0; i < r->naccounts; i++) {
		if (r->accounts[i]->account == acct)
			return r->accounts[i];
	}
	return NULL;
}

/* ---- times ---- */

bool reality_time(struct str s, int64_t now_ms, int64_t *out)
{
	struct err ignored = {0};
	int64_t ms;

	if (str_eqz(s, "now")) {
		*out = now_ms;
		return true;
	}
	if (str_startsz(s, "-")) {
		s = str_from(s, 1);
	} else if (str_endsz(s, " ago")) {
		s = str_sub(s, 0, s.n - 4);
	} else {
		return time_parse_iso(s, out);
	}
	if (!duration_parse(s, &ms, &ignored))
		return false;
	*out = now_ms - ms;
	return true;
}

void reality_moment(struct reality_reader *rr, const struct val *object, const char *key,
		    int64_t *out)
{
	struct files_reader *r = &rr->r;
	struct str s = STR_NULL;

	if (!files_ok(r, check_str(&r->c, object, key, CHECK_OPTIONAL, &s)) || str_is_null(s))
		return;
	if (!reality_time(s, rr->now_ms, out))
		files_problem(r, val_get(object, key),
			      "'%s' must be a time like -3d, '3 days ago', 2026-12-24 or "
			      "2026-12-24T18:00:00+09:00, not '%.*s'",
			      key, STR_ARG(show_short(r->a, s)));
	else if (*out > rr->now_ms)
		files_problem(r, val_get(object, key),
			      "'%s' lies in the future: nothing here has happened yet", key);
}

/* ---- what a user signs in with ---- */

static void read_password(struct reality_reader *rr, const struct val *v,
			  struct reality_login *login)
{
	static const char *const known[] = {"created", "used"};
	struct files_reader *r = &rr->r;
	const struct val *p = val_get(v, "password");

	if (!val_is(p, VAL_OBJECT)) {
		files_ok(r, check_bool(&r->c, v, "password", CHECK_OPTIONAL, &login->password));
		return;
	}
	files_keys(r, p, "'password'", known, ARRAY_SIZE(known));
	login->password = true;
	reality_moment(rr, p, "created", &login->password_created_ms);
	reality_moment(rr, p, "used", &login->password_used_ms);
}

static void read_mfa(struct reality_reader *rr, const struct val *v, struct reality_login *login)
{
	static const char *const kinds[] = {"virtual", "hardware"};
	struct files_reader *r = &rr->r;
	const struct val *list = files_items(r, v, "mfa");

	/* "You can assign … up to 8 MFA devices" (IAM User Guide, MFA). */
	if (val_count(list) > 8) {
		files_problem_name(r, list, "a user has at most 8 MFA devices");
		return;
	}
	login->mfa = arena_calloc(r->a, val_count(list) + 1, sizeof(*login->mfa));
	VAL_EACH(item, list)
	{
		int kind;

		if (files_ok(r, check_val_enum(&r->c, item, "each item of 'mfa'", kinds,
					       ARRAY_SIZE(kinds), &kind)))
			login->mfa[login->nmfa++] = (enum reality_mfa)kind;
	}
}

static void read_keys(struct reality_reader *rr, const struct val *v, struct reality_login *login)
{
	static const char *const known[] = {"created", "used", "service", "region", "active"};
	struct files_reader *r = &rr->r;
	const struct val *list = files_items(r, v, "keys");

	/* "AccessKeysPerUserQuota: 2" (GetAccountSummary). */
	if (val_count(list) > 2) {
		files_problem_name(r, list, "a user has at most 2 access keys");
		return;
	}
	login->keys = arena_calloc(r->a, val_count(list) + 1, sizeof(*login->keys));
	VAL_EACH(item, list)
	{
		struct reality_key *k = &login->keys[login->nkeys];

		if (!files_keys(r, item, "an access key", known, ARRAY_SIZE(known)))
			continue;
		login->nkeys++;
		*k = (struct reality_key){.active = true, .pos = files_pos(r, item)};
		reality_moment(rr, item, "created", &k->created_ms);
		reality_moment(rr, item, "used", &k->used_ms);
		files_ok(r, check_str(&r->c, item, "service", CHECK_OPTIONAL, &k->service));
		files_ok(r, check_str(&r->c, item, "region", CHECK_OPTIONAL, &k->region));
		files_ok(r, check_bool(&r->c, item, "active", CHECK_OPTIONAL, &k->active));
		if (!k->used_ms && (k->service.n || k->region.n))
			files_problem(r, item, "where a key was used without 'used', when");
		if (k->used_ms && k->created_ms && k->used_ms < k->created_ms)
			files_problem(r, val_get(item, "used"), "used before it was created");
	}
}

static void read_certs(struct reality_reader *rr, const struct val *v, struct reality_login *login)
{
	static const char *const known[] = {"uploaded", "active"};
	struct files_reader *r = &rr->r;
	const struct val *list = files_items(r, v, "certificates");

	/* "SigningCertificatesPerUserQuota: 2" (GetAccountSummary). */
	if (val_count(list) > 2) {
		files_problem_name(r, list, "a user has at most 2 signing certificates");
		return;
	}
	login->certs = arena_calloc(r->a, val_count(list) + 1, sizeof(*login->certs));
	VAL_EACH(item, list)
	{
		struct reality_cert *cert = &login->certs[login->ncerts];

		if (!files_keys(r, item, "a certificate", known, ARRAY_SIZE(known)))
			continue;
		login->ncerts++;
		*cert = (struct reality_cert){.active = true, .pos = files_pos(r, item)};
		reality_moment(rr, item, "uploaded", &cert->uploaded_ms);
		files_ok(r, check_bool(&r->c, item, "active", CHECK_OPTIONAL, &cert->active));
	}
}

void reality_login_of(struct reality_reader *rr, const struct val *v, struct reality_login *login)
{
	read_password(rr, v, login);
	read_mfa(rr, v, login);
	read_keys(rr, v, login);
	read_certs(rr, v, login);
}

/* ---- one account ---- */

static void read_locked(struct reality_reader *rr, const struct val *v, struct reality_account *ra)
{
	static const char *const kinds[] = {"s3-bucket", "sqs-queue"};
	static const char *const known[] = {"name", "policy"};
	struct files_reader *r = &rr->r;
	const struct val *all = NULL;

	if (!files_ok(r, check_map(&r->c, v, "locked", CHECK_OPTIONAL, &all)) || !all)
		return;
	ra->locked_tree = all;
	files_keys(r, all, "'locked'", kinds, ARRAY_SIZE(kinds));
	ra->locked = arena_calloc(r->a, val_count(all) + 1, sizeof(*ra->locked));
	VAL_EACH(item, all)
	{
		struct reality_locked *l = &ra->locked[ra->nlocked];
		const struct val *policy = val_get(item, "policy");

		if (!files_keys(r, item, "a locked resource", known, ARRAY_SIZE(known)))
			continue;
		ra->nlocked++;
		l->kind = item->name;
		l->pos = files_pos(r, item);
		files_ok(r, check_str(&r->c, item, "name", CHECK_REQUIRED, &l->name));
		if (val_is(policy, VAL_OBJECT))
			files_document(r, policy, "'policy'", POLICY_RESOURCE, &l->policy);
		else
			files_ok(r, check_str(&r->c, item, "policy", CHECK_REQUIRED, &l->policy));
	}
}

/* "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$" (IAM API reference, accountAliasType). */
static bool is_alias(struct str s)
{
	if (s.n < 3 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') ||
		    (c == '-' && s.p[i - 1] == '-'))
			return false;
	}
	return true;
}

static void read_alias(struct reality_reader *rr, const struct val *v, struct reality_account *ra)
{
	struct files_reader *r = &rr->r;

	if (!files_ok(r, check_str(&r->c, v, "alias", CHECK_OPTIONAL, &ra->alias)) ||
	    str_is_null(ra->alias))
		return;
	if (!is_alias(ra->alias))
		files_problem(r, val_get(v, "alias"),
			      "an account alias has 3 to 63 lower-case letters, digits and single "
			      "hyphens inside");
	for (size_t i = 0; i < rr->out->naccounts; i++) {
		if (rr->out->accounts[i] != ra && str_eq(rr->out->accounts[i]->alias, ra->alias))
			files_problem(r, val_get(v, "alias"), "duplicate account alias '%.*s'%s",
				      STR_ARG(ra->alias), files_also(r, rr->out->accounts[i]->pos));
	}
}

static struct reality_account *account_of(struct reality_reader *rr, const struct val *v)
{
	struct files_reader *r = &rr->r;
	struct org_pos pos = files_name_pos(r, v);
	struct org_account *acct = org_account(rr->org, v->name);
	struct reality_account *ra;

	if (!acct) {
		files_ok(r, org_check_account_name(rr->org, v->name, &pos, &r->err) &&
				    check_fail_name(&r->c, v, "name one account"));
		return NULL;
	}
	ra = org_reality_of(rr->out, acct);
	if (ra) {
		files_problem_name(r, v, "account '%.*s' stands here twice%s",
				   STR_ARG(show_short(r->a, v->name)), files_also(r, ra->pos));
		return NULL;
	}
	ra = arena_new_of(r->a, struct reality_account);
	ra->account = acct;
	ra->pos = pos;
	rr->out->accounts[rr->out->naccounts++] = ra;
	return ra;
}

static void read_account(struct reality_reader *rr, const struct val *v)
{
	static const char *const known[] = {"state", "joined", "invited", "alias",    "root",
					    "users", "groups", "roles",   "policies", "locked"};
	static const char *const known_root[] = {"password", "mfa", "keys", "certificates"};
	static const char *const states[] = {"ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"};
	static const enum org_state of[] = {ORG_STATE_ACTIVE, ORG_STATE_SUSPENDED,
					    ORG_STATE_PENDING_CLOSURE, ORG_STATE_CLOSED};
	struct files_reader *r = &rr->r;
	struct reality_account *ra = account_of(rr, v);
	const struct val *root = NULL;
	int state = -1;

	if (!ra || !files_keys(r, v, "an account", known, ARRAY_SIZE(known)))
		return;
	files_ok(r,
		 check_enum(&r->c, v, "state", CHECK_OPTIONAL, states, ARRAY_SIZE(states), &state));
	ra->have_state = state >= 0;
	ra->state = state >= 0 ? of[state] : ORG_STATE_UNKNOWN;
	if (ra->account->management && state > 0)
		files_problem(r, val_get(v, "state"), "the management account is always ACTIVE");
	reality_moment(rr, v, "joined", &ra->joined_ms);
	files_ok(r, check_bool(&r->c, v, "invited", CHECK_OPTIONAL, &ra->invited));
	read_alias(rr, v, ra);
	if (files_ok(r, check_map(&r->c, v, "root", CHECK_OPTIONAL, &root)) && root) {
		ra->have_root = true;
		files_keys(r, root, "'root'", known_root, ARRAY_SIZE(known_root));
		reality_login_of(rr, root, &ra->root);
	}
	reality_iam(rr, v, ra);
	read_locked(rr, v, ra);
}

static void read_accounts(struct reality_reader *rr, const struct val *v)
{
	struct files_reader *r = &rr->r;
	const struct val *accounts = NULL;

	if (!files_ok(r, check_map(&r->c, v, "accounts", CHECK_OPTIONAL, &accounts)) || !accounts)
		return;
	rr->out->accounts = arena_calloc(r->a, val_count(accounts) + 1, sizeof(*rr->out->accounts));
	VAL_EACH(account, accounts)
	read_account(rr, account);
}

/* ---- the organization ---- */

static void read_delegates(struct reality_reader *rr, const struct val *v)
{
	struct files_reader *r = &rr->r;
	struct org_reality *out = rr->out;
	const struct val *map = NULL;
	size_t cap = 0;

	if (!files_ok(r, check_map(&r->c, v, "delegates", CHECK_OPTIONAL, &map)) || !map)
		return;
	VAL_EACH(service, map)
	{
		const struct val *at = val_is(service, VAL_LIST) ? val_first(service) : service;
		struct str *names = NULL;
		size_t n = 0;

		if (!files_ok(r, check_list_of_str(&r->c, map, arena_dupz(r->a, service->name),
						   CHECK_OPTIONAL, &names, &n)))
			continue;
		for (size_t i = 0; i < n && at; i++, at = at->next) {
			struct org_account *acct = org_account(rr->org, names[i]);

			if (!acct) {
				files_known_account(r, at, names[i]);
				continue;
			}
			if (acct->management)
				files_problem(r, at,
					      "the management account can't be a delegated "
					      "administrator");
			out->delegates = arena_grow(r->a, out->delegates, out->ndelegates, &cap,
						    sizeof(*out->delegates));
			out->delegates[out->ndelegates++] =
				(struct reality_delegate){service->name, acct, files_pos(r, at)};
		}
	}
}

static void read_handshakes(struct reality_reader *rr, const struct val *v)
{
	static const char *const known[] = {"email", "account", "requested"};
	struct files_reader *r = &rr->r;
	struct org_reality *out = rr->out;
	const struct val *list = files_items(r, v, "handshakes");

	out->handshakes = arena_calloc(r->a, val_count(list) + 1, sizeof(*out->handshakes));
	VAL_EACH(item, list)
	{
		struct reality_handshake *h = &out->handshakes[out->nhandshakes];

		if (!files_keys(r, item, "an invitation", known, ARRAY_SIZE(known)))
			continue;
		out->nhandshakes++;
		*h = (struct reality_handshake){.pos = files_pos(r, item),
						.requested_ms = rr->now_ms};
		files_ok(r, check_str(&r->c, item, "email", CHECK_OPTIONAL, &h->email));
		files_ok(r,
			 check_account_id(&r->c, item, "account", CHECK_OPTIONAL, &h->account_id));
		reality_moment(rr, item, "requested", &h->requested_ms);
		if (!val_get(item, "email") == !val_get(item, "account"))
			files_problem(r, item,
				      "an invitation goes to one: give 'email' or 'account'");
	}
}

static void read_features(struct reality_reader *rr, const struct val *v)
{
	static const char *const features[] = {"RootCredentialsManagement", "RootSessions"};
	struct files_reader *r = &rr->r;
	const struct val *list = files_items(r, v, "root-features");
	bool trusted = false;

	VAL_EACH(item, list)
	{
		int which;

		if (!files_ok(r, check_val_enum(&r->c, item, "each item of 'root-features'",
						features, ARRAY_SIZE(features), &which)))
			continue;
		if (which == 0)
			rr->out->root_credentials = true;
		else
			rr->out->root_sessions = true;
	}
	for (size_t i = 0; i < rr->out->ntrusted; i++)
		trusted |= str_eqz(rr->out->trusted[i], "iam.amazonaws.com");
	if (val_count(list) && !trusted)
		files_problem_name(r, list,
				   "'root-features' are on only where trusted-access has "
				   "iam.amazonaws.com");
}

static void read_policy_types(struct reality_reader *rr, const struct val *v)
{
	static const char *const types[] = {
		"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY",   "TAG_POLICY",
		"BACKUP_POLICY",          "AISERVICES_OPT_OUT_POLICY", "CHATBOT_POLICY",
		"DECLARATIVE_POLICY_EC2", "SECURITYHUB_POLICY"};
	struct files_reader *r = &rr->r;
	const struct val *list = files_items(r, v, "policy-types");
	struct org_reality *out = rr->out;
	int which;

	out->have_policy_types = list != NULL;
	out->policy_types = arena_calloc(r->a, val_count(list) + 1, sizeof(*out->policy_types));
	VAL_EACH(item, list)
	{
		if (files_ok(r, check_val_enum(&r->c, item, "each item of 'policy-types'", types,
					       ARRAY_SIZE(types), &which)))
			out->policy_types[out->npolicy_types++] = str_of(types[which]);
	}
}

static void read_all(struct reality_reader *rr, const struct val *v)
{
	static const char *const known[] = {"organization", "trusted-access", "root-features",
					    "delegates",    "policy-types",   "handshakes",
					    "accounts"};
	struct files_reader *r = &rr->r;
	struct org_reality *out = rr->out;

	if (!files_keys(r, v, "sandbox.yaml", known, ARRAY_SIZE(known)))
		return;
	if (files_ok(r,
		     check_str(&r->c, v, "organization", CHECK_OPTIONAL, &out->organization_id)) &&
	    !str_is_null(out->organization_id) && !files_is_organization_id(out->organization_id))
		files_problem(r, val_get(v, "organization"),
			      "'organization' must be an id like o-exampleorgid: 'o-' and 10 to 32 "
			      "lower-case letters or digits");
	files_ok(r, check_list_of_str(&r->c, v, "trusted-access", CHECK_OPTIONAL, &out->trusted,
				      &out->ntrusted));
	read_features(rr, v);
	read_delegates(rr, v);
	read_policy_types(rr, v);
	read_handshakes(rr, v);
	read_accounts(rr, v);
}

bool org_read_reality(const char *dir, const struct org *o, int64_t now_ms, struct arena *a,
		      struct org_reality **out, struct org_problems *problems, struct err *err)
{
	struct reality_reader rr = {.org = o, .now_ms = now_ms};
	size_t first = problems->n;
	const struct val *v;

	*out = NULL;
	files_init(&rr.r, dir, a, problems);
	/* The look-ups of the files' readers ask r.o, and only ask it. */
	rr.r.o = (struct org *)o;
	rr.out = arena_new_of(a, struct org_reality);
	v = files_load(&rr.r, "sandbox.yaml", 0);
	if (v) {
		rr.out->present = true;
		if (v->kind != VAL_NULL)
			read_all(&rr, v);
	}
	if (!files_done(&rr.r, first, err))
		return false;
	*out = rr.out;
	return true;
}
