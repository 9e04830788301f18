#include "sandbox/world.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/aws-policies.h"
#include "sandbox/world-private.h"

struct world *world_new(uint64_t seed, int64_t now_ms)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->arena = arena_new();
	w->seed = seed;
	w->start_ms = now_ms;
	w->next_due_ms = INT64_MAX;
	map_init(&w->accounts);
	map_init(&w->emails);
	map_init(&w->credentials);
	map_init(&w->aliases);
	map_init(&w->aws_policies_by_arn);
	aws_policies_load(w);
	return w;
}

void world_free(struct world **wp)
{
	struct world *w = *wp;
	struct map_entry *e;

	if (!w)
		return;
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		struct world_account *acct = e->value;
		map_release(&acct->iam.others);
	}
	if (w->org)
		for (struct world_unit *u = w->org->units; u; u = u->next)
			map_release(&u->policy_types);
	map_release(&w->accounts);
	map_release(&w->emails);
	map_release(&w->credentials);
	map_release(&w->aliases);
	map_release(&w->aws_policies_by_arn);
	arena_free(&w->arena);
	free(w);
	*wp = NULL;
}

struct str world_str(struct world *w, struct str s)
{
	return arena_str(w->arena, s);
}

struct str world_printf(struct world *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	struct str s = arena_vprintf(w->arena, fmt, ap);
	va_end(ap);
	return s;
}

/* ---- accounts ---- */

struct world_account *world_account(const struct world *w, struct str id)
{
	return map_get(&w->accounts, id);
}

/* Addresses are compared without case; the key is made in `a`. */
static struct str email_key(struct arena *a, struct str email)
{
	char *p = arena_dupz(a, email);

	for (size_t i = 0; i < email.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] | 0x20);
	return str_ofn(p, email.n);
}

struct world_account *world_account_by_email(const struct world *w, struct str email)
{
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&w->emails, &i));)
		if (str_eq_nocase(e->key, email))
			return e->value;
	return NULL;
}

struct world_account *world_add_account(struct world *w, struct str id, struct str name,
					struct str email, int64_t now_ms)
{
	struct world_account *acct = arena_new_of(w->arena, struct world_account);

	acct->id = world_str(w, id);
	acct->name = world_str(w, name);
	acct->email = world_str(w, email);
	acct->state = ACCOUNT_ACTIVE;
	acct->joined_ms = now_ms;
	map_init(&acct->iam.others);
	if (map_put(&w->accounts, acct->id, acct))
		BUG("account %.*s exists twice", STR_ARG(id));
	map_put(&w->emails, email_key(w->arena, email), acct);
	if (!w->first)
		w->first = acct;
	return acct;
}

struct str world_new_account_id(struct world *w, struct rng *rng)
{
	char id[13];

	do {
		rng_text(rng, ALPHABET_DIGITS, id, 12);
	} while (id[0] == '0' || world_account(w, str_of(id)));
	return world_str(w, str_of(id));
}

/* ---- credentials ---- */

void world_add_credential(struct world *w, struct world_account *acct, struct iam_user *user,
			  struct iam_key *key, struct world_session *session)
{
	struct world_credential *c = arena_new_of(w->arena, struct world_credential);

	c->account = acct;
	c->user = user;
	c->key = key;
	c->session = session;
	map_put(&w->credentials, key ? key->id : session->access_key_id, c);
}

void world_remove_credential(struct world *w, struct str access_key_id)
{
	map_remove(&w->credentials, access_key_id);
}

/* ---- managed policies ---- */

struct iam_managed *world_aws_policy(const struct world *w, struct str arn)
{
	return map_get(&w->aws_policies_by_arn, arn);
}

struct iam_managed *world_managed_policy(const struct world *w, const struct world_account *acct,
					 struct str arn)
{
	for (struct iam_managed *p = acct->iam.policies; p; p = p->next)
		if (str_eq(p->arn, arn))
			return p;
	return world_aws_policy(w, arn);
}

/* ---- ids ---- */

struct str world_id(struct world *w, struct rng *rng, const char *prefix, const char *alphabet,
		    size_t n)
{
	size_t np = strlen(prefix);
	char *p = arena_alloc(w->arena, np + n + 1);

	memcpy(p, prefix, np);
	rng_text(rng, alphabet, p + np, n);
	return str_ofn(p, np + n);
}

/*
 * An access key id tells its account: the 16 characters after the prefix are
 * base32 of 10 bytes, of which bits 7 to 46 of the first six are the account's
 * number. Bit 47 is set in all keys of today.
 */
#define KEY_ACCOUNT_SHIFT 7
#define KEY_HEAD_BYTES 6
#define KEY_BYTES 10

struct str world_access_key_id(struct world *w, struct rng *rng, const char *prefix,
			       struct str account_id)
{
	int64_t account = 0;
	unsigned char raw[KEY_BYTES];
	char text[4 + KEY_BYTES * 8 / 5 + 1] = {0};

	if (strlen(prefix) != 4 || !str_to_i64(account_id, &account))
		BUG("access key id for '%.*s'", STR_ARG(account_id));
	uint64_t random = rng_u64(rng);
	uint64_t head = (UINT64_C(1) << 47) | (uint64_t)account << KEY_ACCOUNT_SHIFT |
			(random & ((1 << KEY_ACCOUNT_SHIFT) - 1));
	for (int i = 0; i < KEY_HEAD_BYTES; i++)
		raw[i] = (unsigned char)(head >> (8 * (KEY_HEAD_BYTES - 1 - i)));
	for (int i = KEY_HEAD_BYTES; i < KEY_BYTES; i++)
		raw[i] = (unsigned char)(random >> (8 * (i - KEY_HEAD_BYTES + 1)));

	memcpy(text, prefix, 4);
	for (int i = 0; i < KEY_BYTES * 8 / 5; i++) {
		int bit = i * 5, byte = bit / 8, off = bit % 8;
		unsigned two =
			(unsigned)raw[byte] << 8 | (byte + 1 < KEY_BYTES ? raw[byte + 1] : 0);
		text[4 + i] = ALPHABET_IAM[two >> (11 - off) & 31];
	}
	return world_str(w, str_of(text));
}

bool world_key_account(struct str access_key_id, char out[13])
{
	uint64_t head = 0;

	if (access_key_id.n < 4 + KEY_HEAD_BYTES * 8 / 5 + 1)
		return false;
	for (int i = 0; i < 10; i++) {
		const char *at = strchr(ALPHABET_IAM, access_key_id.p[4 + i]);
		if (!at || !*at)
			return false;
		head = head << 5 | (uint64_t)(at - ALPHABET_IAM);
	}
	head >>= 2; /* 50 bits were read, 48 are the head */
	uint64_t account = head >> KEY_ACCOUNT_SHIFT & ((UINT64_C(1) << 40) - 1);
	if (account > UINT64_C(999999999999))
		return false;
	for (int i = 11; i >= 0; i--, account /= 10)
		out[i] = (char)('0' + account % 10);
	out[12] = 0;
	return true;
}
